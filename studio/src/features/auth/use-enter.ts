import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';

/** Another program waits for the sign-in: the server takes over from here. The whole beginning, so that no other address passes. */
export const isForProgram = (returnTo: string | undefined) => returnTo?.startsWith('/connect/authorize?') === true;

/** Runs a sign-in or sign-up; then forgets the user before and goes where the visitor wanted to be. */
export function useEnter<T>(enter: (values: T) => Promise<unknown>, returnTo: string | undefined) {
  const queryClient = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: enter,
    meta: { inline: true },
    onSuccess: () => {
      queryClient.clear();
      if (returnTo && isForProgram(returnTo)) window.location.assign(returnTo);
      else router.history.push(returnTo ?? '/workflows');
    },
  });
}
