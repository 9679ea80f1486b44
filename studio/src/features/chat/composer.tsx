import { ActionIcon, Textarea } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { sendMessage } from '@/api/chat';
import type { ChatMessage } from '@/api/types';
import { notifyRefused } from '@/lib/notify';

interface ComposerProps {
  entityId: number;
  onSent: (message: ChatMessage) => void;
}

export function Composer({ entityId, onSent }: ComposerProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const send = useMutation({
    mutationFn: (message: string) => sendMessage(entityId, message),
    onSuccess: (message) => {
      setText('');
      for (const refused of message.refused) notifyRefused(t('chat.refused', { message: refused.message }));
      onSent(message);
    },
  });
  const submit = () => {
    if (text.trim() !== '' && !send.isPending) send.mutate(text.trim());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter also ends a word that an input method is composing.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <Textarea
      autosize
      minRows={1}
      maxRows={8}
      autoFocus
      size="md"
      aria-label={t('chat.message')}
      placeholder={t('chat.placeholder')}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      rightSectionWidth={48}
      rightSection={
        <ActionIcon
          size="lg"
          variant="subtle"
          disabled={text.trim() === ''}
          loading={send.isPending}
          onClick={submit}
          aria-label={t('chat.send')}
          data-testid="chat-send"
        >
          <IconSend size={18} />
        </ActionIcon>
      }
      data-testid="chat-input"
    />
  );
}
