import { Group, Text } from '@mantine/core';
import { IconAlertCircle, IconAlertTriangle } from '@tabler/icons-react';
import type { Problem } from '@/canvas/problems';

export function ProblemIcon({ severity }: Pick<Problem, 'severity'>) {
  return severity === 'error' ? (
    <IconAlertCircle size={16} color="var(--sf-failed)" style={{ flex: 'none' }} aria-hidden />
  ) : (
    <IconAlertTriangle size={16} color="var(--sf-waiting)" style={{ flex: 'none' }} aria-hidden />
  );
}

export function ProblemLines({ problems }: { problems: Problem[] }) {
  return problems.map((problem) => (
    <Group key={problem.severity + problem.message} gap={8} wrap="nowrap" role="alert">
      <ProblemIcon severity={problem.severity} />
      <Text size="sm">{problem.message}</Text>
    </Group>
  ));
}
