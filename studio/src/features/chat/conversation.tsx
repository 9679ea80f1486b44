import { Alert, Button, Center } from '@mantine/core';
import { IconMessageCircle } from '@tabler/icons-react';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { chatStreamUrl, messagesQuery, withMessage } from '@/api/chat';
import type { ChatMessage } from '@/api/types';
import { EmptyState } from '@/components/empty-state';
import { ErrorNotice } from '@/components/error-notice';
import { Loading } from '@/components/page';
import { useEventStream } from '@/lib/use-event-stream';
import { Composer } from './composer';
import { Message } from './message';
import classes from './chat.module.css';

interface ConversationProps {
  entityId: number;
  userId: string;
}

const events = ['message'] as const;

export function Conversation({ entityId, userId }: ConversationProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const options = messagesQuery(entityId);
  const history = useInfiniteQuery(options);
  const messages = history.data?.pages.toReversed().flatMap((page) => page.messages) ?? [];
  const newest = messages.at(-1)?.message_id;

  const show = (message: ChatMessage) => queryClient.setQueryData(options.queryKey, (before) => withMessage(before, message));
  const stream = useEventStream({
    url: history.data ? chatStreamUrl(entityId) : undefined,
    after: newest ?? 0,
    events,
    onEvent: (name, data) => {
      if (name === 'message') show(data as ChatMessage);
    },
  });
  const log = useStickToEnd(messages[0]?.message_id, newest);

  return (
    <>
      <div className={classes.log} ref={log} role="log" aria-label={t('nav.chat')} tabIndex={0} data-testid="chat-log">
        <div className={classes.column}>
          {history.error && <ErrorNotice error={history.error} onRetry={() => void history.refetch()} />}
          {history.isPending && <Loading />}
          {history.hasNextPage && (
            <Center>
              <Button
                variant="subtle"
                size="compact-sm"
                loading={history.isFetchingNextPage}
                onClick={() => void history.fetchNextPage()}
                data-testid="chat-older"
              >
                {t('chat.older')}
              </Button>
            </Center>
          )}
          {history.data && messages.length === 0 && <EmptyState icon={IconMessageCircle} title={t('chat.empty')} text={t('chat.emptyText')} />}
          {messages.map((message, index) => (
            <Message key={message.message_id} message={message} before={messages[index - 1]} own={message.author.user_id === userId} />
          ))}
        </div>
      </div>
      <div className={classes.column}>
        {stream === 'lost' && <Alert color="yellow">{t('run.lost')}</Alert>}
        <Composer entityId={entityId} onSent={show} />
      </div>
    </>
  );
}

/** Keeps the end in view when a message arrives, and the place being read when older ones are put in front. */
function useStickToEnd(oldest: number | undefined, newest: number | undefined) {
  const log = useRef<HTMLDivElement>(null);
  const seen = useRef<{ oldest: number | undefined; newest: number | undefined; fromEnd: number }>({
    oldest: undefined,
    newest: undefined,
    fromEnd: 0,
  });
  useLayoutEffect(() => {
    const box = log.current;
    if (!box) return;
    const before = seen.current;
    if (before.newest !== newest) box.scrollTop = box.scrollHeight;
    else if (before.oldest !== oldest) box.scrollTop = box.scrollHeight - before.fromEnd;
    const remember = () => {
      seen.current = { oldest, newest, fromEnd: box.scrollHeight - box.scrollTop };
    };
    remember();
    box.addEventListener('scroll', remember);
    return () => box.removeEventListener('scroll', remember);
  }, [oldest, newest]);
  return log;
}
