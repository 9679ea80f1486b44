import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { workflowsQuery } from '@/api/workflows';

interface WorkflowPickerProps extends Omit<SelectProps, 'value' | 'onChange' | 'data'> {
  /** The key of a workflow: it never changes, and it reads better than an id. */
  value: string | undefined;
  onChange: (key: string | undefined) => void;
  /** The id of a workflow that can't be picked. */
  except?: string;
  'data-testid'?: string;
}

export function WorkflowPicker({ value, onChange, except, ...rest }: WorkflowPickerProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const [wanted] = useDebouncedValue(search, 250);
  const { data, isFetching } = useQuery(workflowsQuery({ page: 1, search: wanted }));
  const found = (data?.items ?? [])
    .filter(({ status, workflow_id }) => status !== 'archived' && workflow_id !== except)
    .map(({ key, name }) => ({ value: key, label: name }));
  const known = value === undefined || found.some((option) => option.value === value);
  return (
    <Select
      {...rest}
      searchable
      clearable
      placeholder={t('workflows.pick')}
      nothingFoundMessage={isFetching ? t('common.loading') : t('workflows.none')}
      data={known ? found : [...found, { value, label: value }]}
      // The server has searched, in descriptions too.
      filter={({ options }) => options}
      value={value ?? null}
      onChange={(key) => onChange(key ?? undefined)}
      onSearchChange={(text) => setSearch(found.some(({ label }) => label === text) || text === value ? '' : text)}
    />
  );
}
