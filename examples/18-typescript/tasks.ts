// TypeScript as it is: Node 22.18 and later strip the types; on Node 20 the workers use `tsx`, if it is installed.
export interface Box {
  readonly width: number
  readonly height: number
}

export function area(box: Box): number {
  return box.width * box.height
}

export function largest(areas: readonly number[]): number {
  return Math.max(...areas)
}
