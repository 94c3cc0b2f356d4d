import java.nio.file.Files;
import java.nio.file.Path;
import org.mustangproject.validator.ZUGFeRDValidator;

/** Validates every PDF of a directory as PDF/A-3 with an electronic invoice in it. */
public final class ValidatePDF {
    public static void main(String[] args) throws Exception {
        int all = 0;
        int wrong = 0;
        try (var files = Files.walk(Path.of(args[0]))) {
            for (Path file : (Iterable<Path>) files.filter(f -> f.toString().endsWith(".pdf")).sorted()::iterator) {
                var validator = new ZUGFeRDValidator();
                validator.disableArithmeticCheck(); // it fails of lines out of the scope of tax, which have no rate; the rules check sums
                String report = validator.validate(file.toString());
                all++;
                if (!validator.wasCompletelyValid()) {
                    wrong++;
                    System.out.println(file.getFileName() + ": " + report);
                }
            }
        }
        System.out.printf("%d PDF/A-3 with an invoice, %d not valid%n", all, wrong);
        System.exit(wrong == 0 && all > 0 ? 0 : 1);
    }
}
