import { Badge, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { totpQuery } from '@/api/totp';
import { ErrorNotice } from '@/components/error-notice';
import { Loading } from '@/components/page';
import { formatDay } from '@/lib/format';
import { SwitchOffDialog } from './switch-off-dialog';
import { SwitchOnDialog } from './switch-on-dialog';

const few = 3;

/** The authenticator app that a sign-in asks for. */
export function SecondFactor() {
  const { t, i18n } = useTranslation();
  const { data, error, refetch } = useQuery(totpQuery);
  const [dialog, setDialog] = useState<'on' | 'off'>();
  const close = () => setDialog(undefined);
  const isOn = typeof data?.on_since === 'string';
  return (
    <section className="surface" data-testid="second-factor" data-on={data && isOn}>
      <Stack p="lg" align="flex-start">
        <div>
          <Group gap="xs">
            <Title order={2}>{t('secondFactor.title')}</Title>
            {data && <Badge color={isOn ? 'teal' : 'gray'}>{isOn ? t('secondFactor.on') : t('secondFactor.off')}</Badge>}
          </Group>
          <Text size="sm" c="var(--sf-muted)">
            {t('secondFactor.text')}
          </Text>
        </div>
        {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Loading />}
        {data && isOn && (
          <Text size="sm">
            {t('secondFactor.since', { day: formatDay(data.on_since ?? '', i18n.language) })}{' '}
            {t('secondFactor.left', { count: data.recovery_codes_left })} {data.recovery_codes_left <= few && t('secondFactor.few')}
          </Text>
        )}
        {data && (
          <Button variant={isOn ? 'default' : 'filled'} onClick={() => setDialog(isOn ? 'off' : 'on')} data-testid="toggle-second-factor">
            {isOn ? t('secondFactor.switchOff') : t('secondFactor.switchOn')}
          </Button>
        )}
      </Stack>
      {dialog === 'on' && <SwitchOnDialog onClose={close} />}
      {dialog === 'off' && <SwitchOffDialog onClose={close} />}
    </section>
  );
}
