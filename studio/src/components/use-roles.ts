import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { rolesQuery } from '@/api/roles';
import { builtInRoles, owner } from '@/lib/roles';
import { useMay } from './use-may';

/**
 * The roles that the signed-in user may give: roles with no permission that the user lacks.
 * A user who may not see the tenant's own roles gets the built-in ones. Only members can be owners.
 */
export function useRoles({ withOwner = false } = {}): { keys: string[]; beyond: string[]; label: (key: string) => string } {
  const { t } = useTranslation();
  const may = useMay();
  const { data } = useQuery({ ...rolesQuery, enabled: may('manage:members') });
  const names = new Map(data?.map(({ role, name }) => [role, name]));
  const [within, beyond] = [true, false].map((own) => data?.filter(({ permissions }) => permissions.every(may) === own).map(({ role }) => role));
  const offered = (keys: readonly string[]) => keys.filter((key) => withOwner || key !== owner);
  return {
    keys: offered(within ?? builtInRoles),
    /** Those that may do more: whoever may not give them is shown that they exist. */
    beyond: offered(beyond ?? []),
    label: (key) => t(`role.${key}`, names.get(key) ?? key),
  };
}
