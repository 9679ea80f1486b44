import { useHotkeys, useMediaQuery } from '@mantine/hooks';
import { useMutation, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Panel, useReactFlow } from '@xyflow/react';
import { useMemo, useState } from 'react';
import { IconBolt } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/client';
import { meQuery } from '@/api/session';
import type { Activity, ValidationReport, Workflow } from '@/api/types';
import { validateWorkflow } from '@/api/workflows';
import { addAfter, addNode, connect, duplicate, move, refusalOf, remove, type Point } from '@/canvas/operations';
import { openProblems, problemsByNode, problemsOf, type Problem } from '@/canvas/problems';
import { EmptyState } from '@/components/empty-state';
import { FlowCanvas, type FlowEditing, type Selection } from '@/components/flow/flow-canvas';
import type { FlowModel } from '@/components/flow/model';
import { RunInspector } from '@/components/run/run-inspector';
import { useLiveExecution } from '@/components/run/use-live-execution';
import { draftKey, dropDraft } from '@/lib/kept-draft';
import { notifyDone, notifyError, notifyRefused } from '@/lib/notify';
import { lockOf } from '../allows';
import classes from './designer.module.css';
import { FailingBanner } from './failing-banner';
import { LeaveGuard, StaleDialog } from './guards';
import { LockedBanner } from './locked-banner';
import { NodePanel } from './node-panel';
import { Palette } from './palette';
import { PanelSwitches } from './panel-switches';
import { ProblemList } from './problem-list';
import { PublishDialog } from './publish-dialog';
import { RecoveredBanner } from './recovered-banner';
import { RunBar } from './run-bar';
import { RunDialog } from './run-dialog';
import { SaveBadge } from './save-badge';
import { isArchived, isStale } from './saving';
import { card, stageOf } from './stage';
import { TestBar } from './test-bar';
import { TestDialog } from './test-dialog';
import { TestInspector } from './test-inspector';
import { TopBar } from './top-bar';
import { TraceList } from './trace-list';
import { useAutosave } from './use-autosave';
import { useDraft } from './use-draft';
import { useDryRun } from './use-dry-run';
import { usePins } from './use-pins';
import { WorkflowPanel } from './workflow-panel';

interface DesignerProps {
  workflow: Workflow;
  activities: readonly Activity[];
  /** Starts over from what the server holds. */
  onReload: () => void;
}

const route = getRouteApi('/shell/workflows/$workflowId');

export function Designer({ workflow, activities, onReload }: DesignerProps) {
  const { t } = useTranslation();
  const { run: watched } = route.useSearch();
  const navigate = route.useNavigate();
  const flow = useReactFlow();
  const { data: me } = useSuspenseQuery(meQuery);
  const lock = lockOf(workflow);
  // The changes belong to this user, even if another one signs in meanwhile.
  const [key] = useState(() => draftKey(me.user.user_id, workflow.workflow_id));
  const work = useDraft(workflow, key);
  const { draft, save, dirty, stale, undo, redo } = work;
  const { nodes, connections } = draft;
  const edit = lock ? () => undefined : work.edit;
  const { state: saveState, kept } = useAutosave(key, work, lock === undefined);
  const [postponed, setPostponed] = useState<Error>();
  const narrow = useMediaQuery('(max-width: 1180px)');
  const [open, setOpen] = useState<'palette' | 'side'>();
  const [selection, setSelection] = useState<Selection>(new Set());
  const [dialog, setDialog] = useState<'publish' | 'run' | 'test'>();
  const [checked, setChecked] = useState<{ problems: Problem[]; nodes: typeof nodes }>();
  const { execution, lost } = useLiveExecution(watched);
  const { pins, pin } = usePins(workflow.workflow_id, nodes);
  const catalog = useMemo(() => new Map(activities.map((activity) => [activity.type, activity])), [activities]);

  const problems = useMemo(() => (checked ? openProblems(checked.problems, checked.nodes, nodes) : []), [checked, nodes]);
  // An edit may have made a new problem: a clean report holds only for the graph that was checked.
  const clean = checked?.problems.length === 0 && checked.nodes === nodes;
  const selected = [...selection].filter((id) => id in nodes);
  const [only] = selected.length === 1 ? selected : [];

  const saveNow = async (force = false): Promise<boolean> => {
    try {
      await save.mutateAsync({ draft, force });
      return true;
    } catch (error) {
      // A dialog handles a stale draft. An ended session, a lost connection and an archived workflow are shown already.
      if (error instanceof ApiError && ![0, 401].includes(error.status) && !isStale(error) && !isArchived(error)) notifyError(error);
      return false;
    }
  };
  const ensureSaved = async () => lock !== undefined || (!dirty && !save.isPending) || saveNow();
  const showReport = (report: ValidationReport) => setChecked({ problems: problemsOf(report, nodes), nodes: nodes });
  const dryRun = useDryRun(workflow.workflow_id, nodes, pins, ensureSaved, (report) => {
    setDialog(undefined);
    showReport(report);
  });
  const { result, shown, setShown } = dryRun;
  const states = dryRun.states ?? execution?.node_states;
  const model = useMemo<FlowModel>(
    () => ({ nodes, connections, catalog, problems: problemsByNode(problems), states, pinned: new Set(Object.keys(pins)) }),
    [nodes, connections, catalog, problems, states, pins],
  );
  const validate = useMutation({
    mutationFn: async () => ((await ensureSaved()) ? validateWorkflow(workflow.workflow_id) : undefined),
    onSuccess: (report) => report && showReport(report),
  });
  const trySave = async () => {
    if (dirty && !save.isPending && (await saveNow())) notifyDone(t('designer.saved'));
  };

  const place = (added: ReturnType<typeof addNode>) => {
    edit(() => added.draft);
    setSelection(new Set([added.id]));
    setOpen('side');
  };
  const addByClick = (activity: Activity) => {
    const stage = stageOf(flow);
    const added = addAfter(draft, activity, only, catalog, stage.middle);
    const position = added.draft.nodes[added.id]?.position;
    place(added);
    if (position && !stage.shows(position)) center(position, flow.getZoom());
  };
  const center = ({ x, y }: Point, zoom: number) => void flow.setCenter(x + card.width / 2, y + card.height / 2, { zoom, duration: 250 });
  const jump = (id: string) => {
    const position = nodes[id]?.position;
    setSelection(new Set([id]));
    setOpen('side');
    if (position) center(position, 1);
  };
  const duplicateSelected = () => {
    const copied = duplicate(draft, selected);
    edit(() => copied.draft);
    setSelection(new Set(copied.ids));
  };
  // On a small screen, what is selected shows itself over the canvas.
  const select: typeof setSelection = (change) => {
    setSelection(change);
    const next = typeof change === 'function' ? change(selection) : change;
    if (narrow) setOpen([...next].some((id) => id in nodes) ? 'side' : undefined);
  };
  const editing: FlowEditing = {
    onMove: (positions) => edit((before) => move(before, positions)),
    onConnect: (ends) => edit((before) => connect(before, ends)),
    refusalOf: (ends) => refusalOf(draft, ends),
    onRefused: (refusal) => notifyRefused(t(`designer.refusal.${refusal}`)),
    onRemove: (nodeIds, connectionIds) => {
      edit((before) => remove(before, nodeIds, connectionIds));
      setSelection(new Set());
    },
    onDrop: (type, position) => {
      const activity = catalog.get(type);
      if (activity) place(addNode(draft, activity, position));
    },
  };

  useHotkeys([['mod+S', () => void trySave()]], []);
  useHotkeys([
    ['mod+Z', () => undo?.()],
    ['mod+shift+Z', () => redo?.()],
    ['mod+Y', () => redo?.()],
    ['mod+D', () => lock ?? duplicateSelected()],
  ]);

  const showEntry = (index: number) => {
    setShown(index);
    const id = result?.trace[index]?.node_id;
    if (id !== undefined && id in nodes) jump(id);
  };
  const runOf = (id: string) => {
    if (result) return <TestInspector trace={result.trace} nodeId={id} shown={shown} onShow={setShown} onPin={(value) => pin(id, value)} />;
    return execution && <RunInspector execution={execution} nodeId={id} />;
  };

  const node = only === undefined ? undefined : nodes[only];
  return (
    <div className={classes.designer}>
      <TopBar
        workflow={workflow}
        name={draft.name}
        dirty={dirty}
        locked={lock !== undefined}
        badge={lock === undefined && <SaveBadge state={saveState} kept={kept} error={save.error} />}
        saving={save.isPending}
        validating={validate.isPending}
        onUndo={undo}
        onRedo={redo}
        onSave={() => void trySave()}
        onValidate={() => validate.mutate()}
        onTest={() => setDialog('test')}
        onPublish={() => setDialog('publish')}
        onRun={() => setDialog('run')}
      />
      {lock && <LockedBanner workflow={workflow} lock={lock} unsaved={dirty && kept && work.recovered === undefined} onRestored={onReload} />}
      {!lock && dirty && work.failing && <FailingBanner kept={kept} />}
      {work.recovered !== undefined && dirty && <RecoveredBanner at={work.recovered} onDrop={work.dropRecovered} />}
      <div className={classes.body}>
        {!lock && (!narrow || open === 'palette') && (
          <div className={classes.palette} data-over={narrow || undefined}>
            <Palette activities={activities} onAdd={addByClick} />
          </div>
        )}
        <div className={classes.middle}>
          <div className={classes.stage} id="stage" data-testid="canvas">
            <FlowCanvas model={model} selection={selection} onSelection={select} onPick={() => setOpen('side')} editing={lock ? undefined : editing}>
              {narrow && <PanelSwitches open={open} onOpen={setOpen} palette={!lock} />}
              <Panel position="top-center">
                {result && <TestBar result={result} onAgain={() => setDialog('test')} onClose={dryRun.clear} />}
                {execution && !result && <RunBar execution={execution} lost={lost} onClose={() => void navigate({ search: {} })} />}
              </Panel>
            </FlowCanvas>
            {Object.keys(nodes).length === 0 && (
              <div className={classes.hint}>
                <EmptyState icon={IconBolt} title={t('designer.empty')} text={t('designer.emptyText')} />
              </div>
            )}
          </div>
          {result && <TraceList key={result.execution_id} result={result} nodes={nodes} shown={shown} onShow={showEntry} />}
          {checked && (problems.length > 0 || clean) && (
            <ProblemList problems={problems} nodes={nodes} onJump={jump} onClose={() => setChecked(undefined)} />
          )}
        </div>
        {(!narrow || open === 'side') && (
          <aside className={classes.side} data-over={narrow || undefined} aria-label={only === undefined ? t('designer.settings') : t('node.config')}>
            {only !== undefined && node ? (
              <NodePanel
                key={only}
                id={only}
                node={node}
                activity={catalog.get(node.node_type)}
                draft={draft}
                catalog={catalog}
                edit={edit}
                locked={lock !== undefined}
                problems={model.problems[only] ?? []}
                pin={pins[only]}
                onPin={(value) => pin(only, value)}
                run={runOf(only)}
              />
            ) : (
              <WorkflowPanel workflow={workflow} draft={draft} edit={edit} locked={lock !== undefined} />
            )}
          </aside>
        )}
      </div>
      {dialog === 'publish' && (
        <PublishDialog
          workflowId={workflow.workflow_id}
          name={draft.name}
          ensureSaved={ensureSaved}
          onInvalid={showReport}
          onPublished={work.rebase}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === 'run' && (
        <RunDialog
          workflow={workflow}
          draft={draft}
          dirty={dirty}
          catalog={catalog}
          ensureSaved={ensureSaved}
          onInvalid={showReport}
          onPublished={work.rebase}
          onStarted={(run) => {
            setDialog(undefined);
            dryRun.clear();
            void navigate({ search: { run } });
          }}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === 'test' && (
        <TestDialog draft={draft} catalog={catalog} dryRun={dryRun} pinned={Object.keys(pins).length} onClose={() => setDialog(undefined)} />
      )}
      {stale && save.error !== postponed && (
        <StaleDialog
          onTheirs={() => {
            dropDraft(key);
            onReload();
          }}
          onMine={() => void saveNow(true)}
          onClose={() => setPostponed(save.error ?? undefined)}
        />
      )}
      <LeaveGuard dirty={dirty} kept={kept} locked={lock !== undefined} onSave={ensureSaved} />
    </div>
  );
}
