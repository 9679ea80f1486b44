import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { byNoun } from '@/lib/permissions';

/** Permissions in words, by what they are about. */
export function PermissionList({ names }: { names: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <Stack gap={6} component="dl" m={0}>
      {byNoun(names).map(([noun, permissions]) => (
        <Group key={noun} gap="0 8px" align="baseline">
          <Text component="dt" size="sm" c="var(--sf-muted)" w={150} style={{ flexShrink: 0 }}>
            {t(`permission.nouns.${noun}`, noun.replaceAll('_', ' '))}
          </Text>
          <Text component="dd" size="sm" m={0} flex="1 1 200px">
            {permissions.map((name) => t(`permission.verbs.${name.slice(0, name.indexOf(':'))}`, name)).join(', ')}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
