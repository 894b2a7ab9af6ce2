/** celeriac: Celery's workflow canvas, grown in your own Node process. Named re-exports only. */
export type {
  Canvas,
  CanvasMethods,
  Chain,
  Chord,
  Chunks,
  Group,
  MapCanvas as Map,
  Signature,
  Stamps,
  StampVisitor,
  Starmap,
} from './canvas/canvas.js'
export { chain } from './canvas/chain.js'
export { chord } from './canvas/chord.js'
export { failureOf, type TaskFailure } from './canvas/failure.js'
export { type FromJSONOptions, fromJSON } from './canvas/from-json.js'
export { group } from './canvas/group.js'
export type {
  CanvasJSON,
  ChainJSON,
  ChordJSON,
  ChunksJSON,
  GroupJSON,
  MapJSON,
  OptionsJSON,
  SignatureJSON,
  StarmapJSON,
} from './canvas/json.js'
export { chunks } from './canvas/map.js'
export type { ApplyOptions, CallOptions, SubmitOptions } from './canvas/options.js'
export type { RetryPolicy, RunPolicy } from './canvas/policy.js'
export type {
  AnyCanvas,
  AnyTask,
  CanvasOf,
  Complete,
  HandleOf,
  IncompleteError,
  ItemError,
  ListValued,
  Mappable,
  MissingOf,
  PipeError,
  ResultOf,
  ResultsOf,
  TaskLike,
} from './canvas/typing.js'
export { setDefaultRuntime } from './default.js'
export {
  AlreadyRegisteredError,
  CeleriacError,
  ChordError,
  ClosedError,
  ConfigurationError,
  InvalidCanvasError,
  InvalidTransitionError,
  MaxRetriesExceededError,
  NonErrorThrown,
  NotRegisteredError,
  ProcessExitError,
  QueueFullError,
  RemoteError,
  ResultTimeoutError,
  SerializationError,
  SoftTimeLimitError,
  TaskError,
  TaskExpiredError,
  TaskIgnoredError,
  TaskRevokedError,
  TimeLimitError,
  type WorkerLossReason,
  WorkerLostError,
} from './errors.js'
export type { RuntimeEvent, RuntimeEvents } from './events/event.js'
export type {
  AsyncResult,
  ChildResult,
  FinalState,
  GetOptions,
  Outcome,
  OutcomeOf,
  RevokeOptions,
  TaskState,
} from './result/async-result.js'
export type { GroupResult, Settled } from './result/group-result.js'
export { createRuntime, type RuntimeOptions } from './runtime/create-runtime.js'
export type { CallInfo, Inspection } from './runtime/inspection.js'
export type { Metrics } from './runtime/metrics.js'
export type { Runtime, ShutdownReport } from './runtime/runtime.js'
export type { MapOptions } from './runtime/stream-options.js'
export type { Schedule, ScheduleOptions } from './schedule/schedule.js'
export type { Percentiles } from './scheduler/tally.js'
export { type ErrorClass, registerErrors } from './serialization/errors.js'
export { transfer } from './serialization/transfer.js'
export { currentTask, type RetryOptions, type TaskContext } from './task/context.js'
export type { TaskEnd, TaskHandlers, TaskOptions } from './task/options.js'
export {
  defineTasks,
  type Task,
  type TaskCalls,
  type TaskDefinition,
  type TaskOf,
  type TaskWithOptions,
  task,
} from './task/task.js'
export { type TaskModule, tasksFrom } from './task/tasks-from.js'
export type { NoOptionsError, NotCloneable } from './task/typing.js'
