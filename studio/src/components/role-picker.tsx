import { Select, Text, Tooltip } from '@mantine/core';
import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

interface RolePickerProps<T extends string> {
  /** Whose role it is. */
  name: string;
  role: string;
  /** The name of a role that isn't one of `roles`. */
  roleName?: string;
  roles: readonly T[];
  /** Roles that may do more than whoever is signed in: they are shown, and neither given nor taken away. */
  beyond?: readonly string[];
  /** Returns the name of a role. Needed if there are custom roles. */
  label?: (role: string) => string;
  onPick: (role: T) => Promise<unknown>;
  touched: QueryKey;
}

/** Changes a role at once; what the API refuses is told, and the role stays. */
export function RolePicker<T extends string>({ name, role, roleName, roles, beyond = [], label, onPick, touched }: RolePickerProps<T>) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const change = useMutation({ mutationFn: onPick, onSettled: () => queryClient.invalidateQueries({ queryKey: touched }) });
  const named = label ?? ((value: string) => t(`role.${value}`, value));
  const data = [
    ...roles.map((value) => ({ value: value, label: named(value) })),
    ...beyond.map((value) => ({ value, label: t('people.mayMore', { role: named(value) }), disabled: true })),
  ];
  if (beyond.includes(role)) {
    return (
      <Tooltip label={t('people.beyond')} multiline maw={280}>
        <Text size="sm" tabIndex={0} data-testid="role-beyond">
          {roleName ?? named(role)}
        </Text>
      </Tooltip>
    );
  }
  return (
    <Select
      size="xs"
      aria-label={t('people.roleOf', { name })}
      allowDeselect={false}
      disabled={change.isPending}
      data={data.some(({ value }) => value === role) ? data : [...data, { value: role, label: roleName ?? named(role) }]}
      value={change.isPending ? change.variables : role}
      onChange={(wanted) => {
        const known = roles.find((value) => value === wanted);
        if (known !== undefined && known !== role) change.mutate(known);
      }}
      data-testid="role-picker"
    />
  );
}
