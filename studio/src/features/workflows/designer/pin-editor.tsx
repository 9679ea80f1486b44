import { Button, Group, Select, Stack } from '@mantine/core';
import { IconPinned } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { JsonEditor } from '@/components/json-editor';
import type { Pin } from './use-pins';

interface PinEditorProps {
  pin: Pin | undefined;
  outputs: readonly string[];
  onChange: (pin: Pin | undefined) => void;
}

/** Edits the pinned output of a node in dry runs. */
export function PinEditor({ pin, outputs, onChange }: PinEditorProps) {
  const { t } = useTranslation();
  if (!pin) {
    return (
      <Button
        variant="default"
        size="xs"
        w="fit-content"
        leftSection={<IconPinned size={15} aria-hidden />}
        onClick={() => onChange({ output: {} })}
        data-testid="pin-add"
      >
        {t('pin.add')}
      </Button>
    );
  }
  return (
    <Stack gap="sm" data-testid="pin-editor">
      <JsonEditor
        label={t('pin.output')}
        description={t('pin.text')}
        value={pin.output}
        onChange={(output) => onChange({ ...pin, output })}
        data-testid="pin-output"
      />
      {outputs.length > 1 && (
        <Select
          label={t('pin.port')}
          data={outputs}
          clearable
          placeholder={t('pin.mainPort')}
          value={pin.port ?? null}
          onChange={(port) => onChange({ ...pin, port: port ?? undefined })}
          data-testid="pin-port"
        />
      )}
      <Group justify="flex-end">
        <Button variant="subtle" size="xs" onClick={() => onChange(undefined)} data-testid="pin-remove">
          {t('pin.remove')}
        </Button>
      </Group>
    </Stack>
  );
}
