import com.helger.diver.api.coord.DVRCoordinate;
import com.helger.io.resource.FileSystemResource;
import com.helger.phive.api.execute.ValidationExecutionManager;
import com.helger.phive.api.executorset.ValidationExecutorSetRegistry;
import com.helger.phive.api.validity.IValidityDeterminator;
import com.helger.phive.en16931.EN16931Validation;
import com.helger.phive.peppol.PeppolValidation;
import com.helger.phive.peppol.PeppolValidation2026_05;
import com.helger.phive.xml.source.IValidationSourceXML;
import com.helger.phive.xml.source.ValidationSourceXML;
import com.helger.phive.xrechnung.XRechnungValidation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Validates every electronic invoice of a directory by the official rules of what it says that it is. */
public final class Validate {
    private static final Map<String, DVRCoordinate> RULES = Map.of(
        "en16931 Invoice", EN16931Validation.VID_UBL_INVOICE_1316,
        "en16931 CreditNote", EN16931Validation.VID_UBL_CREDIT_NOTE_1316,
        "en16931 CrossIndustryInvoice", EN16931Validation.VID_CII_1316,
        "peppol Invoice", PeppolValidation2026_05.VID_OPENPEPPOL_INVOICE_UBL_V3,
        "peppol CreditNote", PeppolValidation2026_05.VID_OPENPEPPOL_CREDIT_NOTE_UBL_V3,
        "xrechnung Invoice", XRechnungValidation.VID_XRECHNUNG_UBL_INVOICE_302,
        "xrechnung CreditNote", XRechnungValidation.VID_XRECHNUNG_UBL_CREDITNOTE_302,
        "xrechnung CrossIndustryInvoice", XRechnungValidation.VID_XRECHNUNG_CII_302);

    private static String kindOf(String text) {
        String root = text.contains("CrossIndustryInvoice") ? "CrossIndustryInvoice" : text.contains("<CreditNote") ? "CreditNote" : "Invoice";
        String profile = text.contains("xrechnung_3.0") ? "xrechnung" : text.contains("poacc:billing:3.0") ? "peppol" : "en16931";
        return profile + " " + root;
    }

    public static void main(String[] args) throws Exception {
        var registry = new ValidationExecutorSetRegistry<IValidationSourceXML>();
        EN16931Validation.initEN16931(registry);
        PeppolValidation.initStandard(registry);
        XRechnungValidation.initXRechnung(registry);
        var counts = new TreeMap<String, Integer>();
        int[] wrong = {0};
        try (var files = Files.walk(Path.of(args[0]))) {
            for (Path file : (Iterable<Path>) files.filter(f -> f.toString().endsWith(".xml")).sorted()::iterator) {
                String kind = kindOf(Files.readString(file));
                DVRCoordinate rules = RULES.get(kind);
                if (rules == null) {
                    throw new IllegalArgumentException(file + ": there are no rules for " + kind);
                }
                var source = ValidationSourceXML.create(new FileSystemResource(file.toFile()));
                var results = ValidationExecutionManager.executeValidation(
                    IValidityDeterminator.createDefault(), registry.getOfID(rules), source, Locale.ROOT);
                counts.merge(kind, 1, Integer::sum);
                for (var result : results) {
                    for (var error : result.getErrorList()) {
                        if (error.isError()) {
                            wrong[0]++;
                            System.out.println(file.getFileName() + ": " + error.getErrorID() + " " + error.getErrorText(Locale.ROOT) + " @ " + error.getErrorFieldName());
                        }
                    }
                    if (result.isSkipped()) {
                        wrong[0]++;
                        System.out.println(file.getFileName() + ": a check was skipped");
                    }
                }
            }
        }
        counts.forEach((kind, n) -> System.out.printf("%d of %s%n", n, kind));
        System.out.printf("%d errors%n", wrong[0]);
        System.exit(wrong[0] == 0 && !counts.isEmpty() ? 0 : 1);
    }
}
