import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ReactFlowProvider } from '@xyflow/react';
import { useState } from 'react';
import { activitiesQuery } from '@/api/activities';
import { workflowQuery } from '@/api/workflows';
import { ErrorNotice } from '@/components/error-notice';
import { Loading } from '@/components/page';
import { Designer } from './designer';

const route = getRouteApi('/shell/workflows/$workflowId');

export function DesignerPage() {
  const { workflowId } = route.useParams();
  // A draft must start from what the server holds now, not from what a list or an earlier visit left in memory.
  const [since] = useState(route.useLoaderData().asked);
  const workflow = useQuery({ ...workflowQuery(workflowId), refetchOnMount: ({ state }) => (state.dataUpdatedAt >= since ? false : 'always') });
  const activities = useQuery(activitiesQuery);
  const [generation, setGeneration] = useState(0);

  const error = workflow.error ?? activities.error;
  if (error && !(workflow.data && activities.data)) {
    const retry = () => void Promise.all([workflow.refetch(), activities.refetch()]);
    return (
      <div style={{ padding: 32 }}>
        <ErrorNotice error={error} onRetry={retry} />
      </div>
    );
  }
  if (!workflow.data || workflow.dataUpdatedAt < since || !activities.data) return <Loading />;

  const reload = () => void workflow.refetch().then(() => setGeneration((before) => before + 1));
  return (
    <ReactFlowProvider key={`${workflowId} ${generation}`}>
      <Designer workflow={workflow.data} activities={activities.data} onReload={reload} />
    </ReactFlowProvider>
  );
}
