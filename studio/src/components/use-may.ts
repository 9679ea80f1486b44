import { useSuspenseQuery } from '@tanstack/react-query';
import { meQuery } from '@/api/session';

/** Whether who is signed in has a permission somewhere; the API decides in the end. */
export function useMay(): (permission: string) => boolean {
  const { data: me } = useSuspenseQuery(meQuery);
  return (permission) => me.permissions.includes(permission);
}
