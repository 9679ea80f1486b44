import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { beginTotp, confirmTotp, totpQuery } from '@/api/totp';
import { CodeBlock } from '@/components/code-block';
import { ErrorNotice } from '@/components/error-notice';
import { Loading } from '@/components/page';
import { QrCode } from '@/components/qr-code';
import { showFieldErrors, withoutFields } from '@/lib/field-errors';
import { useChange } from '@/lib/use-change';
import { RecoveryCodes } from './recovery-codes';

/** Shows a secret to the authenticator app, has its code confirmed, and then shows the recovery codes. */
export function SwitchOnDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [codes, setCodes] = useState<string[]>();
  // Codes that can't be seen again must not vanish by a click beside them.
  const waiting = codes === undefined;
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={waiting ? t('secondFactor.title') : t('secondFactor.recovery')}
      closeOnClickOutside={waiting}
      closeOnEscape={waiting}
      withCloseButton={waiting}
    >
      {waiting ? <NewSecret onClose={onClose} onCodes={setCodes} /> : <RecoveryCodes codes={codes} onClose={onClose} />}
    </Modal>
  );
}

// Each opening makes a secret of its own: one that was seen and not confirmed is not shown again.
const useNewSecret = () => {
  const [opened] = useState(() => crypto.randomUUID());
  return useQuery({ queryKey: ['new-totp', opened], queryFn: beginTotp, staleTime: Infinity, gcTime: 0, retry: false });
};

function NewSecret({ onClose, onCodes }: { onClose: () => void; onCodes: (codes: string[]) => void }) {
  const { t } = useTranslation();
  const { data, error } = useNewSecret();
  const form = useForm({ initialValues: { code: '' }, validate: { code: (code) => (code.trim() === '' ? t('secondFactor.codeNeeded') : null) } });
  const confirm = useChange(confirmTotp, [totpQuery.queryKey], ({ recovery_codes }) => onCodes(recovery_codes));
  const general = withoutFields(confirm.error) ?? error;
  if (!data) return error ? <ErrorNotice error={error} /> : <Loading />;
  return (
    <form onSubmit={form.onSubmit(({ code }) => confirm.mutate(code.replaceAll(' ', ''), { onError: showFieldErrors(form) }))} noValidate>
      <Stack>
        {general && <ErrorNotice error={general} />}
        <Group align="flex-start" gap="lg" wrap="wrap">
          <QrCode text={data.otpauth_uri} label={t('secondFactor.qr')} size={196} />
          <Stack gap="xs" flex={1} miw={220}>
            <Text fw={600}>{t('secondFactor.scan')}</Text>
            <Text size="sm" c="var(--sf-muted)">
              {t('secondFactor.scanText')}
            </Text>
            <Text size="sm" mt="xs">
              {t('secondFactor.typed')}
            </Text>
            <CodeBlock text={data.secret} testId="totp-secret" />
          </Stack>
        </Group>
        <TextInput
          maw={260}
          label={t('secondFactor.code')}
          description={t('secondFactor.codeText')}
          autoComplete="one-time-code"
          inputMode="numeric"
          required
          autoFocus
          data-testid="totp-code"
          {...form.getInputProps('code')}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={confirm.isPending} data-testid="totp-submit">
            {t('secondFactor.confirm')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
