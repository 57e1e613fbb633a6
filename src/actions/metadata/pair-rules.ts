import { annotationValue, labelKey, labelValue } from '../../domain/values.ts';
import type { PairRule } from '../grammar/pairs.ts';
import { ONE_LINE } from '../grammar/pairs.ts';

const KEY_FORM = 'like tier or example.com/tier';

export const LABELS: PairRule = {
  thing: 'label',
  key: labelKey,
  keyForm: KEY_FORM,
  value: labelValue,
  valueForm: 'at most 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit',
  example: 'KEY=VALUE or KEY-',
};

export const ANNOTATIONS: PairRule = {
  thing: 'annotation',
  key: labelKey,
  keyForm: KEY_FORM,
  value: annotationValue,
  valueForm: ONE_LINE,
  example: 'KEY=VALUE or KEY-',
};
