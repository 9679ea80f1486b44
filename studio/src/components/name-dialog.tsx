import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { QueryKey } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useChange } from '@/lib/use-change';
import { ErrorNotice } from './error-notice';

interface NameDialogProps {
  title: string;
  label: string;
  action: string;
  /** The name so far. */
  name?: string;
  onName: (name: string) => Promise<unknown>;
  touched: QueryKey[];
  onClose: () => void;
}

/** Names something, new or old. */
export function NameDialog({ title, label, action, name = '', onName, touched, onClose }: NameDialogProps) {
  const { t } = useTranslation();
  const form = useForm({ mode: 'uncontrolled', initialValues: { name } });
  const change = useChange(onName, touched, onClose);
  return (
    <Modal opened onClose={onClose} title={title}>
      <form onSubmit={form.onSubmit((values) => change.mutate(values.name.trim()))}>
        <Stack>
          {change.error && <ErrorNotice error={change.error} />}
          <TextInput label={label} required data-autofocus data-testid="name" {...form.getInputProps('name')} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={change.isPending} data-testid="name-submit">
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
