import type { Block } from '@slack/types';
import type { Chart } from '../../../domain/incidents/chart.ts';

/** Slack's own chart (docs.slack.dev, "data visualization block"), which the types of its SDK do not know yet. */
export interface ChartBlock extends Block {
  readonly type: 'data_visualization';
  readonly title: string;
  readonly chart: {
    readonly type: 'line';
    readonly series: readonly {
      readonly name: string;
      readonly data: readonly { readonly label: string; readonly value: number }[];
    }[];
    readonly axis_config: {
      readonly categories: readonly string[];
      readonly x_label: string;
      readonly y_label: string;
    };
  };
}

/** Lines over time. What it shows is said in words beside it: for screen readers, and where it is not taken. */
export function chartBlock({ title, unit, at, series }: Chart): ChartBlock {
  const labels = at.map((when) => when.slice(11, 16));
  return {
    type: 'data_visualization',
    title,
    chart: {
      type: 'line',
      series: series.map(({ name, values }) => ({
        name,
        data: labels.map((label, index) => ({ label, value: values[index] ?? 0 })),
      })),
      axis_config: { categories: labels, x_label: 'UTC', y_label: unit },
    },
  };
}
