import { Checkbox, Group, Input, ScrollArea, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { byNoun } from '@/lib/permissions';
import classes from './permission-picker.module.css';

interface PermissionPickerProps {
  label: string;
  description: string;
  /** The label of the checkbox for all permissions. */
  all: string;
  offered: readonly string[];
  /** Those that can be ticked; the others are shown as they are. */
  available?: readonly string[];
  value: string[];
  onChange: (permissions: string[]) => void;
  error?: ReactNode;
}

/** Permissions to tick, by what they are about. */
export function PermissionPicker({ label, description, all, offered, available = offered, value, onChange, error }: PermissionPickerProps) {
  const { t } = useTranslation();
  const open = offered.filter((name) => available.includes(name));
  const kept = value.filter((name) => !open.includes(name));
  const ticked = value.length - kept.length;
  return (
    <Input.Wrapper
      label={label}
      description={description}
      required
      error={error}
      component="fieldset"
      labelElement="div"
      className={classes.picker}
      aria-label={label}
    >
      {/* Outside of the group: there a box is ticked if its own value is in the list. */}
      <Checkbox
        mt="sm"
        label={all}
        checked={ticked === open.length}
        indeterminate={ticked > 0 && ticked < open.length}
        onChange={() => onChange(ticked === open.length ? kept : [...kept, ...open])}
        data-testid="permission-all"
      />
      <Checkbox.Group value={value} onChange={onChange}>
        <ScrollArea.Autosize
          mah={300}
          mt="xs"
          mb={error ? 'xs' : 0}
          type="auto"
          offsetScrollbars
          viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}
        >
          <Stack gap="xs">
            {byNoun(offered).map(([noun, names]) => (
              <Group key={noun} gap="2px 8px" align="flex-start" role="group" aria-label={t(`permission.nouns.${noun}`, noun.replaceAll('_', ' '))}>
                <Text size="sm" c="var(--sf-muted)" w={150} style={{ flexShrink: 0 }} aria-hidden>
                  {t(`permission.nouns.${noun}`, noun.replaceAll('_', ' '))}
                </Text>
                <Group gap="6px 16px" flex="1 1 220px">
                  {names.map((name) => (
                    <Checkbox
                      key={name}
                      size="xs"
                      value={name}
                      disabled={!available.includes(name)}
                      label={t(`permission.verbs.${name.slice(0, name.indexOf(':'))}`, name)}
                      data-testid={`permission-${name}`}
                    />
                  ))}
                </Group>
              </Group>
            ))}
          </Stack>
        </ScrollArea.Autosize>
      </Checkbox.Group>
    </Input.Wrapper>
  );
}
