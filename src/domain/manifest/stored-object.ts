import { isJsonObject, type Json } from '../text/json.ts';

/** Whole manifests that kubectl and others repeat in an annotation, with every value in them. */
const repeated = 'kubectl.kubernetes.io/last-applied-configuration';

/** An object as its snapshot is stored: without what only says who wrote it, and without the copy of it in an annotation. */
export function storedObject(object: Json): Json {
  if (!isJsonObject(object) || !isJsonObject(object['metadata'])) return object;
  const { managedFields: _managedFields, annotations, ...metadata } = object['metadata'];
  if (!isJsonObject(annotations)) {
    const rest = annotations === undefined ? {} : { annotations };
    return { ...object, metadata: { ...metadata, ...rest } };
  }
  const { [repeated]: _repeated, ...kept } = annotations;
  return { ...object, metadata: { ...metadata, annotations: kept } };
}
