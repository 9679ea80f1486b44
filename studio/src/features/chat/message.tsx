import { Text } from '@mantine/core';
import { IconRoute2 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ChatMessage } from '@/api/types';
import { Ago } from '@/components/ago';
import { AnchorLink } from '@/components/links';
import classes from './chat.module.css';

interface MessageProps {
  message: ChatMessage;
  before: ChatMessage | undefined;
  own: boolean;
}

const pause = 5 * 60_000;

export function Message({ message, before, own }: MessageProps) {
  const { t } = useTranslation();
  const { author, text, sent_at } = message;
  const workflow = author.kind === 'workflow';
  const follows =
    before?.author.name === author.name && before.author.kind === author.kind && Date.parse(sent_at) - Date.parse(before.sent_at) < pause;
  return (
    <article
      className={classes.message}
      data-kind={author.kind}
      data-own={own || undefined}
      data-testid="chat-message"
      data-message={message.message_id}
    >
      {!follows && (
        <div className={classes.author}>
          {workflow && <IconRoute2 size={14} role="img" aria-label={t('chat.workflow')} />}
          <strong>{author.name}</strong>
          <Ago at={sent_at} />
          {workflow && author.execution_id && (
            <AnchorLink size="xs" to="/executions/$executionId" params={{ executionId: author.execution_id }}>
              {t('chat.execution')}
            </AnchorLink>
          )}
        </div>
      )}
      <Text className={classes.bubble} size="md">
        {text}
      </Text>
    </article>
  );
}
