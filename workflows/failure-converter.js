// What of an error may stand in Temporal's history: its type and a short code. Never its text, which may hold an
// address ("550 mailbox a@… not found"), nor its stack, whose first line is that text.
// JavaScript, because the SDK loads it by path with Node's own require, which in Node 20 reads no TypeScript.
import { DefaultFailureConverter } from '@temporalio/common';

// A word, an SQLSTATE, a dotted reply code; as in engine/error-code.ts.
const SHAPES = [/^[A-Za-z][A-Za-z0-9_.:-]{0,39}$/, /^[0-9A-Z]{5}$/, /^[0-9]{1,5}(\.[0-9]{1,3}){0,2}$/];

class CodesOnly extends DefaultFailureConverter {
  errorToFailure(error, payloadConverter, context) {
    return strip(super.errorToFailure(error, payloadConverter, context));
  }
}

function strip(failure) {
  const { applicationFailureInfo, canceledFailureInfo, timeoutFailureInfo, cause, ...rest } = failure;
  return {
    ...rest,
    message: code(failure.message),
    stackTrace: '',
    ...(applicationFailureInfo && {
      applicationFailureInfo: {
        ...applicationFailureInfo,
        type: code(applicationFailureInfo.type),
        details: undefined,
      },
    }),
    ...(canceledFailureInfo && { canceledFailureInfo: {} }),
    ...(timeoutFailureInfo && { timeoutFailureInfo: { timeoutType: timeoutFailureInfo.timeoutType } }),
    ...(cause && { cause: strip(cause) }),
  };
}

function code(text) {
  return SHAPES.some((shape) => shape.test(text ?? '')) ? text : '';
}

export const failureConverter = new CodesOnly();
