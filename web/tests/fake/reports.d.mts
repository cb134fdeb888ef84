import type { CascadeEvent, ComparisonFigures, Measured } from "../../src/api/types";
export const kReport: string;
export const kReportPolicy: string;
export function event(id: number, what?: Partial<CascadeEvent>): CascadeEvent;
export function comparison(): ComparisonFigures;
export function measured(run: number, board: string): Measured;
