import { Box, Group, Loader, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface PageProps {
  title: string;
  text?: string;
  actions?: ReactNode;
  children: ReactNode;
}

export function Page({ title, text, actions, children }: PageProps) {
  return (
    <Stack maw={1160} mx="auto" px={{ base: 'md', sm: 32 }} py={{ base: 'lg', sm: 28 }} gap="lg">
      <Group justify="space-between" align="flex-start">
        <Box>
          <Title order={1}>{title}</Title>
          {text && (
            <Text size="sm" c="var(--sf-muted)" mt={2}>
              {text}
            </Text>
          )}
        </Box>
        {actions}
      </Group>
      {children}
    </Stack>
  );
}

export function Loading() {
  const { t } = useTranslation();
  return (
    <Group justify="center" py={64} role="status" aria-label={t('common.loading')}>
      <Loader size="sm" />
    </Group>
  );
}
