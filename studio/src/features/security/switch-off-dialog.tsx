import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { removeTotp, totpQuery } from '@/api/totp';
import { ErrorNotice } from '@/components/error-notice';
import { showFieldErrors, withoutFields } from '@/lib/field-errors';
import { notifyDone } from '@/lib/notify';
import { useChange } from '@/lib/use-change';

/** A stolen session is not enough: the API wants a code. */
export function SwitchOffDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { code: '' }, validate: { code: (code) => (code.trim() === '' ? t('secondFactor.codeNeeded') : null) } });
  const remove = useChange(removeTotp, [totpQuery.queryKey], () => {
    notifyDone(t('secondFactor.isOff'));
    onClose();
  });
  const general = withoutFields(remove.error);
  return (
    <Modal opened onClose={onClose} title={t('secondFactor.switchOff')}>
      <form onSubmit={form.onSubmit(({ code }) => remove.mutate(code.trim(), { onError: showFieldErrors(form) }))} noValidate>
        <Stack>
          {general && <ErrorNotice error={general} />}
          <Text size="sm">{t('secondFactor.offText')}</Text>
          <TextInput
            label={t('secondFactor.anyCode')}
            autoComplete="one-time-code"
            required
            data-autofocus
            data-testid="totp-code"
            {...form.getInputProps('code')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" color="red" loading={remove.isPending} data-testid="totp-submit">
              {t('secondFactor.switchOff')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
