import { Center } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/components/empty-state';
import { ErrorNotice } from '@/components/error-notice';
import { ButtonLink } from '@/components/links';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Center mih="70vh">
      <EmptyState icon={IconMapOff} title={t('notFound.title')} text={t('notFound.text')}>
        <ButtonLink to="/workflows" variant="default">
          {t('notFound.back')}
        </ButtonLink>
      </EmptyState>
    </Center>
  );
}

export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Center mih="70vh" p="xl">
      <ErrorNotice error={error} onRetry={retry} />
    </Center>
  );
}
