import { useSuspenseQuery } from '@tanstack/react-query';
import { meQuery } from '@/api/session';

/** Returns whether the signed-in user has a permission in any community. The API makes the decision. */
export function useMay(): (permission: string) => boolean {
  const { data: me } = useSuspenseQuery(meQuery);
  return (permission) => me.permissions.includes(permission);
}
