import { Button, Group, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { meQuery } from '@/api/session';
import { createWorkflow } from '@/api/workflows';
import { ErrorNotice } from '@/components/error-notice';

interface CreateDialogProps {
  opened: boolean;
  onClose: () => void;
}

export function CreateDialog({ opened, onClose }: CreateDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t('workflows.create')}>
      <CreateForm onClose={onClose} />
    </Modal>
  );
}

function CreateForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { data: me } = useSuspenseQuery(meQuery);
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name: '', description: '', entity: String(me.entities[0]?.entity_id ?? '') },
    validate: { name: (value) => (value.trim() === '' ? t('workflows.nameNeeded') : null) },
  });
  const create = useMutation({
    mutationFn: ({ name, description, entity: chosen }: typeof form.values) => {
      const entity = me.entities.find(({ entity_id }) => String(entity_id) === chosen);
      return createWorkflow({ name: name.trim(), description, entity_id: entity?.entity_id, community_id: entity?.community_id });
    },
    meta: { inline: true },
    onSuccess: async ({ workflow_id }) => {
      void queryClient.invalidateQueries({ queryKey: ['workflows', 'list'] });
      await navigate({ to: '/workflows/$workflowId', params: { workflowId: workflow_id } });
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
      <Stack>
        {create.error && <ErrorNotice error={create.error} />}
        <TextInput label={t('workflows.name')} required data-autofocus maxLength={200} data-testid="workflow-name" {...form.getInputProps('name')} />
        <Textarea label={t('workflows.description')} autosize minRows={2} data-testid="workflow-description" {...form.getInputProps('description')} />
        {me.entities.length > 1 && (
          <Select
            label={t('workflows.entity')}
            allowDeselect={false}
            data={me.entities.map((entity) => ({ value: String(entity.entity_id), label: entity.name }))}
            {...form.getInputProps('entity')}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={create.isPending} data-testid="create-submit">
            {t('common.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
