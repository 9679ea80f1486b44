import { infiniteQueryOptions, type InfiniteData } from '@tanstack/react-query';
import { api, unwrap, unwrapData } from './client';
import type { ChatMessage } from './types';

export interface MessagePage {
  messages: ChatMessage[];
  hasMore: boolean;
}

/** Pages go backwards in time: the first page holds the newest messages, each page is oldest first. */
export const messagesQuery = (entityId: number) =>
  infiniteQueryOptions({
    queryKey: ['chat', entityId],
    queryFn: async ({ pageParam, signal }): Promise<MessagePage> => {
      const params = { path: { entity_id: entityId }, query: { before_id: pageParam, limit: 50 } };
      const answer = await unwrap(api.GET('/api/v1/chat/{entity_id}/messages', { params, signal }));
      return { messages: answer.data, hasMore: answer.meta.has_more };
    },
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last: MessagePage) => (last.hasMore ? last.messages[0]?.message_id : undefined),
    staleTime: Infinity,
  });

/** Adds a live message; one already there (sent by this page, or sent twice) is not added again. */
export function withMessage<P>(data: InfiniteData<MessagePage, P> | undefined, message: ChatMessage) {
  const [newest, ...older] = data?.pages ?? [];
  if (!data || !newest || newest.messages.some((known) => known.message_id === message.message_id)) return data;
  const messages = [...newest.messages, message].sort((a, b) => a.message_id - b.message_id);
  return { ...data, pages: [{ ...newest, messages }, ...older] };
}

export const chatStreamUrl = (entityId: number) => `/api/v1/chat/${entityId}/stream`;

export const sendMessage = (entityId: number, message: string) =>
  unwrapData(api.POST('/api/v1/chat/{entity_id}/messages', { params: { path: { entity_id: entityId } }, body: { message } }));
