/** HTTP for registries: one request, one streamed response; retries and redirects wrap the client of a library. */
@NullMarked
package io.github.gcrsync.http;

import org.jspecify.annotations.NullMarked;
