import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.MethodTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Gives the classes of the named jars that are older than Java 6 the stack maps of today's class files, in place. The JVM
 * verifies such old classes without stack maps, and leaves every class so verified out of its AOT cache; picocli is built
 * for Java 5, and is most of what starting gcrsync loads. What the classes do stays the same.
 *
 * <p>A jar's signature, which Maven's download has no use for, goes too: the JVM keeps all classes of a signed jar out of the
 * cache, and verifies the signature when it loads them. JGit's jar is signed.
 */
final class RelinkOldClasses {
    /** Class file versions of Java 6, the first with stack maps, and of Java 8, the one written. */
    private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;

    private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]+\\.(?:SF|RSA|DSA|EC)");
    private static final int WRITTEN = ClassFile.JAVA_8_VERSION;

    /** The earliest time in a jar; a real one would depend on the time zone of the reader. */
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    public static void main(String[] jars) throws IOException {
        for (String jar : jars) {
            relink(Path.of(jar));
        }
    }

    private static void relink(Path jar) throws IOException {
        Path relinked = Path.of(jar + ".relinked");
        boolean changed = false;
        try (var classes = new URLClassLoader(new URL[] {jar.toUri().toURL()});
                var in = new ZipInputStream(Files.newInputStream(jar));
                var out = new ZipOutputStream(Files.newOutputStream(relinked))) {
            var hierarchy = ClassHierarchyResolver.ofResourceParsing(classes)
                    .orElse(ClassHierarchyResolver.defaultResolver());
            var classFile = ClassFile.of(
                    StackMapsOption.GENERATE_STACK_MAPS, ClassHierarchyResolverOption.of(hierarchy));
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (SIGNATURE.matcher(entry.getName()).matches()) {
                    changed = true;
                    continue;
                }
                byte[] content = in.readAllBytes();
                var copy = new ZipEntry(entry.getName());
                copy.setTimeLocal(NO_TIME);
                out.putNextEntry(copy);
                boolean isOld = isOldClass(entry, content);
                changed |= isOld;
                out.write(isOld ? relink(classFile, content) : content);
            }
        }
        if (changed) {
            Files.move(relinked, jar, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.delete(relinked);
        }
    }

    private static boolean isOldClass(ZipEntry entry, byte[] content) {
        // A class file's major version is its bytes 6 and 7.
        return entry.getName().endsWith(".class")
                && ((content[6] & 0xff) << 8 | (content[7] & 0xff)) < FIRST_WITH_STACK_MAPS;
    }

    private static byte[] relink(ClassFile classFile, byte[] content) {
        // Only transformed code is parsed and written again, with stack maps; this transform changes nothing else.
        var code = ClassTransform.transformingMethods(
                MethodTransform.transformingCode((builder, element) -> builder.with(element)));
        ClassTransform version = (builder, element) ->
                builder.with(element instanceof ClassFileVersion ? ClassFileVersion.of(WRITTEN, 0) : element);
        return classFile.transformClass(classFile.parse(content), version.andThen(code));
    }
}
