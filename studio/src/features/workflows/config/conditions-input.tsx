import { ActionIcon, Button, Group, Input, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { textOfValue, valueOfText } from '@/lib/json';
import { useEdited } from '@/lib/use-edited';
import { conditionsOf, type Condition } from './schema';
import classes from './conditions-input.module.css';

const operators = [
  'equals', 'not_equals', 'greater_than', 'less_than', 'greater_equal', 'less_equal', 'contains', 'not_contains', 'starts_with', 'ends_with',
  'matches_regex', 'in_list', 'not_in_list', 'between', 'before', 'after', 'exists', 'not_exists', 'is_empty', 'is_not_empty',
] as const; // prettier-ignore

const unary = new Set<string>(['exists', 'not_exists', 'is_empty', 'is_not_empty']);

interface ConditionsInputProps {
  label: string;
  description?: string;
  withAsterisk: boolean;
  value: unknown;
  onChange: (value: unknown) => void;
  'data-testid': string;
}

interface Row {
  variable: string;
  operator: string;
  text: string;
}

interface Edited {
  any: boolean;
  rows: Row[];
}

const rowOf = ({ variable, operator, value }: Condition): Row => ({ variable, operator, text: textOfValue(value) });

function conditionOf({ variable, operator, text }: Row): Condition {
  return unary.has(operator) ? { variable, operator } : { variable, operator, value: valueOfText(text) };
}

export function ConditionsInput({ label, description, withAsterisk, value, onChange, 'data-testid': testId }: ConditionsInputProps) {
  const { t } = useTranslation();
  const [{ any, rows }, keep] = useEdited(value, (current): Edited => {
    const { any = false, list = [] } = conditionsOf(current) ?? {};
    return { any, rows: list.map(rowOf) };
  });
  const changeAll = (edited: Edited) => {
    const list = edited.rows.map(conditionOf);
    const next = edited.any && list.length > 0 ? { or: list } : list;
    keep(edited, next);
    onChange(next);
  };
  const change = (edited: Row[]) => changeAll({ any, rows: edited });
  const patch = (index: number, part: Partial<Row>) => change(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));

  return (
    <Input.Wrapper label={label} description={description} withAsterisk={withAsterisk} labelElement="div">
      <Stack gap={8} mt={6} data-testid={testId} role="group" aria-label={label}>
        {rows.length > 1 && (
          <SegmentedControl
            size="xs"
            aria-label={t('conditions.hold')}
            data={[
              { value: 'all', label: t('conditions.all') },
              { value: 'any', label: t('conditions.any') },
            ]}
            value={any ? 'any' : 'all'}
            onChange={(mode) => changeAll({ any: mode === 'any', rows })}
            data-testid={`${testId}-mode`}
          />
        )}
        {rows.map(({ variable, operator, text }, index) => (
          <div key={index} className={classes.row}>
            <Group gap={6} wrap="nowrap">
              <TextInput
                size="xs"
                flex={1}
                aria-label={t('conditions.variable')}
                placeholder={t('conditions.variable')}
                value={variable}
                onChange={(event) => patch(index, { variable: event.currentTarget.value })}
                data-testid={`${testId}-variable-${index}`}
              />
              <ActionIcon variant="subtle" color="gray" onClick={() => change(rows.filter((_, at) => at !== index))} aria-label={t('common.remove')}>
                <IconX size={15} />
              </ActionIcon>
            </Group>
            <Group gap={6} wrap="nowrap">
              <Select
                size="xs"
                flex={1}
                allowDeselect={false}
                aria-label={t('conditions.operator')}
                data={operators.map((name) => ({ value: name, label: t(`conditions.operators.${name}`) }))}
                value={operator}
                onChange={(next) => patch(index, { operator: next ?? operator })}
                data-testid={`${testId}-operator-${index}`}
              />
              {!unary.has(operator) && (
                <TextInput
                  size="xs"
                  flex={1}
                  aria-label={t('conditions.value')}
                  placeholder={t('conditions.value')}
                  value={text}
                  onChange={(event) => patch(index, { text: event.currentTarget.value })}
                  data-testid={`${testId}-value-${index}`}
                />
              )}
            </Group>
          </div>
        ))}
        <Button
          size="compact-xs"
          variant="subtle"
          w="fit-content"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => change([...rows, { variable: '', operator: 'equals', text: '' }])}
          data-testid={`${testId}-add`}
        >
          {t('conditions.add')}
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
