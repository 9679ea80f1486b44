import { Stack, Text, ThemeIcon, Title } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  icon: Icon;
  title: string;
  text: string;
  children?: ReactNode;
}

export function EmptyState({ icon: StateIcon, title, text, children }: EmptyStateProps) {
  return (
    <Stack align="center" gap="xs" py={56} px="md" maw={440} mx="auto" ta="center">
      <ThemeIcon size={52} radius="xl" variant="light">
        <StateIcon size={26} stroke={1.5} aria-hidden />
      </ThemeIcon>
      <Title order={2} mt="xs">
        {title}
      </Title>
      <Text size="sm" c="var(--sf-muted)" mb="sm">
        {text}
      </Text>
      {children}
    </Stack>
  );
}
