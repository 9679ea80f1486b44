import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';

/** Runs a sign-in or sign-up; then forgets the user before and goes where the visitor wanted to be. */
export function useEnter<T>(enter: (values: T) => Promise<unknown>, returnTo: string | undefined) {
  const queryClient = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: enter,
    meta: { inline: true },
    onSuccess: () => {
      queryClient.clear();
      router.history.push(returnTo ?? '/workflows');
    },
  });
}
