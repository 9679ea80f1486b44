import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from '@/api/client';
import { notifyError } from '@/lib/notify';

declare module '@tanstack/react-query' {
  interface Register {
    mutationMeta: {
      /** The component that started the change shows its errors. */
      inline?: boolean;
    };
  }
}

const passing = (error: Error) => error instanceof ApiError && (error.status === 0 || error.status >= 502);
const unauthorized = (error: Error) => error instanceof ApiError && error.status === 401;
const archived = (error: Error) => error instanceof ApiError && error.reason === 'workflow.archived';

export function createQueryClient(onSignedOut: () => void): QueryClient {
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        // The session query handles its own 401.
        if (query.queryKey[0] !== 'me' && unauthorized(error)) onSignedOut();
      },
    }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, { meta }) => {
        // The page still shows what can't be done any more, whichever button found out.
        if (archived(error)) void client.invalidateQueries({ queryKey: ['workflows'] });
        if (unauthorized(error)) onSignedOut();
        else if (!meta?.inline) notifyError(error);
      },
    }),
    defaultOptions: { queries: { retry: (count, error) => passing(error) && count < 2, staleTime: 5_000 }, mutations: { networkMode: 'always' } },
  });
  return client;
}
