package io.github.gcrsync.ledger;

/** The content of the three files after a checkpoint. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Preview(byte[] imageList, byte[] readme, byte[] imageDigests) {}
