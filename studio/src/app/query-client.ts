import { notifications } from '@mantine/notifications';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from '@/api/client';
import { errorText } from '@/lib/error-text';

declare module '@tanstack/react-query' {
  interface Register {
    mutationMeta: {
      /** The form shows its own errors. */
      inline?: boolean;
    };
  }
}

const passing = (error: Error) => error instanceof ApiError && (error.status === 0 || error.status >= 502);

export function createQueryClient(onSignedOut: () => void): QueryClient {
  const signedOut = (error: Error) => {
    const is = error instanceof ApiError && error.status === 401;
    if (is) onSignedOut();
    return is;
  };
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        // Whoever asks who is signed in handles the answer.
        if (query.queryKey[0] !== 'me') signedOut(error);
      },
    }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, mutation) => {
        if (mutation.meta?.inline || signedOut(error)) return;
        const { title, message } = errorText(error);
        notifications.show({ color: 'red', title, message, autoClose: 8_000 });
      },
    }),
    defaultOptions: { queries: { retry: (count, error) => passing(error) && count < 2, staleTime: 5_000 } },
  });
}
