import { CloseButton, Group, Text, UnstyledButton } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Draft } from '@/canvas/draft';
import type { Problem } from '@/canvas/problems';
import classes from './designer.module.css';
import { ProblemIcon } from './problem-lines';

interface ProblemListProps {
  problems: Problem[];
  nodes: Draft['nodes'];
  onJump: (nodeId: string) => void;
  onClose: () => void;
}

export function ProblemList({ problems, nodes, onJump, onClose }: ProblemListProps) {
  const { t } = useTranslation();
  return (
    <section className={classes.problems} aria-label={t('validate.title')} data-testid="problems">
      <Group justify="space-between" px="md" py={6} wrap="nowrap">
        {problems.length === 0 ? (
          <Group gap={8} role="status">
            <IconCircleCheck size={17} color="var(--sf-completed)" aria-hidden />
            <Text size="sm">{t('validate.clean')}</Text>
          </Group>
        ) : (
          <Text size="sm" fw={620} role="status">
            {t('node.errors', { count: problems.length })}
          </Text>
        )}
        <CloseButton size="sm" onClick={onClose} aria-label={t('common.close')} />
      </Group>
      {problems.length > 0 && (
        <ul className={classes.problemRows}>
          {problems.map(({ severity, message, nodeId }, index) => (
            <li key={index}>
              <UnstyledButton
                className={classes.problem}
                disabled={nodeId === undefined}
                onClick={() => nodeId !== undefined && onJump(nodeId)}
                data-testid="problem"
                data-node={nodeId}
              >
                <ProblemIcon severity={severity} />
                <Text size="sm" fw={550} w={170} truncate>
                  {nodeId === undefined ? t('validate.general') : (nodes[nodeId]?.label ?? nodeId)}
                </Text>
                <Text size="sm">{message}</Text>
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
