import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { nodeRunQuery } from '@/api/executions';
import type { Execution } from '@/api/types';
import { stateOfRun } from '@/canvas/run';
import { NodeInspector } from './node-inspector';
import { NodeRuns } from './node-runs';

interface RunInspectorProps {
  execution: Execution;
  nodeId: string;
  /** The event that ended the run to show at first; the last run unless given. */
  seq?: number;
}

/** The runs of a node in an execution: shows the last one, or another one that the user picks. */
export function RunInspector({ execution, nodeId, seq }: RunInspectorProps) {
  const [chosen, setChosen] = useState(seq);
  const state = execution.node_states[nodeId];
  const type = execution.definition.nodes[nodeId]?.node_type;
  const { data: run } = useQuery({ ...nodeRunQuery(execution.execution_id, nodeId, chosen ?? 0), enabled: chosen !== undefined });
  return (
    <Stack gap="sm">
      {state && (state.runs > 1 || state.failed_runs > 0) && (
        <NodeRuns executionId={execution.execution_id} state={state} chosen={chosen} onChoose={setChosen} />
      )}
      <NodeInspector key={chosen} type={type} state={chosen !== undefined && run ? stateOfRun(nodeId, run) : state} />
    </Stack>
  );
}
