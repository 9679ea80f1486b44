import { ActionIcon, Button, Group, Input, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { textOfValue, valueOfText } from '@/lib/json';
import { useEdited } from '@/lib/use-edited';

interface KeyValueInputProps {
  label?: string;
  description?: string;
  withAsterisk?: boolean;
  value: Readonly<Record<string, unknown>> | undefined;
  onChange: (value: Record<string, unknown>) => void;
  /** Values are text even where they look like numbers or JSON. */
  textOnly?: boolean;
  /** The titles of the two columns. Defaults to name and value. */
  labels?: readonly [name: string, value: string];
  'data-testid': string;
}

type Row = readonly [name: string, text: string];

export function KeyValueInput({
  label,
  description,
  withAsterisk,
  value,
  onChange,
  textOnly = false,
  labels,
  'data-testid': testId,
}: KeyValueInputProps) {
  const { t } = useTranslation();
  const [nameLabel, valueLabel] = labels ?? [t('field.key'), t('field.value')];
  const [rows, keep] = useEdited(value, (current): Row[] =>
    Object.entries(current ?? {}).map(([name, entry]) => [name, textOnly ? String(entry) : textOfValue(entry)]),
  );

  const change = (edited: Row[]) => {
    const entries = edited.filter(([name]) => name !== '').map(([name, text]) => [name, textOnly ? text : valueOfText(text)] as const);
    const next: Record<string, unknown> = Object.fromEntries(entries);
    keep(edited, next);
    onChange(next);
  };
  const replace = (index: number, row: Row) => change(rows.map((old, at) => (at === index ? row : old)));

  return (
    <Input.Wrapper label={label} description={description} withAsterisk={withAsterisk} labelElement="div">
      <Stack gap={6} mt={6} data-testid={testId} role="group" aria-label={label}>
        {rows.map(([name, text], index) => (
          <Group key={index} gap={6} wrap="nowrap">
            <TextInput
              size="xs"
              flex={2}
              aria-label={nameLabel}
              placeholder={nameLabel}
              value={name}
              onChange={(event) => replace(index, [event.currentTarget.value, text])}
              data-testid={`${testId}-key-${index}`}
            />
            <TextInput
              size="xs"
              flex={3}
              aria-label={valueLabel}
              placeholder={valueLabel}
              value={text}
              onChange={(event) => replace(index, [name, event.currentTarget.value])}
              data-testid={`${testId}-value-${index}`}
            />
            <ActionIcon variant="subtle" color="gray" onClick={() => change(rows.filter((_, at) => at !== index))} aria-label={t('common.remove')}>
              <IconX size={15} />
            </ActionIcon>
          </Group>
        ))}
        <Button
          size="compact-xs"
          variant="subtle"
          w="fit-content"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => keep([...rows, ['', '']], value)}
          data-testid={`${testId}-add`}
        >
          {t('field.addEntry')}
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
