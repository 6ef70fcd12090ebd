/**
 * The operators that a query may have, by list: what is not here does not reach the server. Left out on purpose, besides all that
 * writes or runs code: what makes names out of data or data out of names ($objectToArray, $getField, $setField), what searches fields
 * that it does not name ($text, $search, $jsonSchema), what can double a value with each nesting ($let, $reduce, $range), and what
 * tells of the server ($collStats, $indexStats, $currentOp, $listSessions).
 * @see https://www.mongodb.com/docs/manual/reference/mql/
 */

/** Compare a field with a literal. @see https://www.mongodb.com/docs/manual/reference/mql/query-predicates/ */
export const comparisonOperators = set('$eq $ne $gt $gte $lt $lte');
export const setOperators = set('$in $nin $all');
export const logicalOperators = set('$and $or $nor');
export const otherPredicates = set('$not $exists $type $size $mod $elemMatch $regex $options');

/** @see https://www.mongodb.com/docs/manual/reference/mql/expressions/ */
export const expressionOperators = set(
  // Arithmetic.
  '$abs $add $ceil $divide $exp $floor $ln $log $log10 $mod $multiply $pow $round $sqrt $subtract $trunc',
  '$sin $cos $tan $asin $acos $atan $atan2 $degreesToRadians $radiansToDegrees',
  // Arrays and sets.
  '$arrayElemAt $concatArrays $filter $first $firstN $in $indexOfArray $isArray $last $lastN $map $maxN $minN',
  '$reverseArray $size $slice $sortArray $zip $setDifference $setEquals $setIntersection $setIsSubset $setUnion',
  '$allElementsTrue $anyElementTrue',
  // Logic and comparison.
  '$and $or $not $cmp $eq $ne $gt $gte $lt $lte $cond $ifNull $switch',
  // Dates.
  '$dateAdd $dateDiff $dateFromParts $dateFromString $dateSubtract $dateToParts $dateToString $dateTrunc $dayOfMonth',
  '$dayOfWeek $dayOfYear $hour $isoDayOfWeek $isoWeek $isoWeekYear $millisecond $minute $month $second $week $year',
  // Texts.
  '$concat $indexOfCP $ltrim $rtrim $trim $regexFind $regexFindAll $regexMatch $replaceAll $replaceOne $split',
  '$strLenCP $strcasecmp $substrCP $toLower $toUpper',
  // Types and documents.
  '$convert $isNumber $toBool $toDate $toDecimal $toDouble $toInt $toLong $toObjectId $toString $type $mergeObjects $literal',
  // Of a list of values.
  '$avg $max $median $min $percentile $stdDevPop $stdDevSamp $sum',
);

/** @see https://www.mongodb.com/docs/manual/reference/mql/accumulators/ */
export const accumulators = set(
  '$addToSet $avg $bottom $bottomN $count $first $firstN $last $lastN $max $maxN $median $mergeObjects $min $minN',
  '$percentile $push $stdDevPop $stdDevSamp $sum $top $topN',
);

/** @see https://www.mongodb.com/docs/manual/reference/operator/aggregation/setWindowFields/#window-operators */
export const windowOperators = new Set([
  ...accumulators,
  ...set(
    '$covariancePop $covarianceSamp $denseRank $derivative $documentNumber $expMovingAvg $integral $linearFill $locf $rank $shift',
  ),
]);

/** @see https://www.mongodb.com/docs/manual/reference/mql/aggregation-stages/ */
export const stageNames = set(
  '$addFields $bucket $bucketAuto $count $facet $graphLookup $group $limit $lookup $match $project $replaceRoot',
  '$replaceWith $sample $set $setWindowFields $skip $sort $sortByCount $unionWith $unset $unwind',
);

/** Of the server; those of a query itself begin with a small letter. */
export const systemVariables = new Set(['ROOT', 'CURRENT', 'NOW', 'REMOVE']);

/** Every word with a `$` that a finished query may have as a key. */
export const everyOperator: ReadonlySet<string> = new Set([
  ...comparisonOperators,
  ...setOperators,
  ...logicalOperators,
  ...otherPredicates,
  ...expressionOperators,
  ...windowOperators,
  ...stageNames,
  '$expr',
]);

function set(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(' ')));
}
