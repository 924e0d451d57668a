package io.github.gcrsync.ledger;

/** The bytes that the three files would have after a checkpoint. */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
public record Preview(byte[] imageList, byte[] readme, byte[] imageDigests) {}
