/** Parsing of configuration files and of flag values. */
@NullMarked
package io.github.gcrsync.config;

import org.jspecify.annotations.NullMarked;
