import { Alert, Button, CopyButton, Group, SimpleGrid, Stack } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCopy, IconDownload } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { meQuery } from '@/api/session';
import { download } from '@/lib/download';

export function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { data: me } = useSuspenseQuery(meQuery);
  const save = () =>
    download(
      new Blob([[t('secondFactor.file', { email: me.user.email }), '', ...codes, ''].join('\n')], { type: 'text/plain' }),
      'saasflows-recovery-codes.txt',
    );
  return (
    <Stack>
      <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title={t('secondFactor.recoveryOnce')}>
        {t('secondFactor.recoveryText')}
      </Alert>
      <SimpleGrid
        component="ol"
        cols={{ base: 1, xs: 2 }}
        spacing="xs"
        verticalSpacing={6}
        className="mono"
        m={0}
        p={0}
        style={{ listStyle: 'none' }}
        data-testid="recovery-codes"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </SimpleGrid>
      <Group justify="space-between">
        <Group gap="xs">
          <CopyButton value={codes.join('\n')}>
            {({ copied, copy }) => (
              <Button
                variant="default"
                leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
                onClick={copy}
              >
                {copied ? t('common.copied') : t('secondFactor.copyAll')}
              </Button>
            )}
          </CopyButton>
          <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} onClick={save} data-testid="recovery-download">
            {t('common.download')}
          </Button>
        </Group>
        <Button onClick={onClose} data-testid="recovery-done">
          {t('secondFactor.kept')}
        </Button>
      </Group>
    </Stack>
  );
}
