import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';

/** A change that a dialog makes: it shows the refusals itself, and what it touched is read again before it is done. */
export function useChange<TValues, TResult>(change: (values: TValues) => Promise<TResult>, touched: QueryKey[], onDone: (result: TResult) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    meta: { inline: true },
    onSuccess: async (result) => {
      await Promise.all(touched.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
      onDone(result);
    },
  });
}
