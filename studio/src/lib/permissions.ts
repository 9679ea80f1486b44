/** The noun of a permission: `read:workflows` is about workflows. */
const nounOf = (permission: string) => permission.slice(permission.indexOf(':') + 1);

/** Permissions by what they are about, those of most permissions first. */
export function byNoun(permissions: readonly string[]): [noun: string, permissions: string[]][] {
  const groups = new Map<string, string[]>();
  for (const permission of permissions) groups.set(nounOf(permission), [...(groups.get(nounOf(permission)) ?? []), permission]);
  return [...groups].sort(([, one], [, other]) => other.length - one.length);
}
