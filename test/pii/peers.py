"""Answers, for lines of {"id", "text"} on standard input, lines of
{"id", "spans": [[type, start, end]]} in characters, as one of two other finders
sees them. The first line it prints says what it is."""

import json
import sys


def presidio():
    """All pattern recognisers of presidio-analyzer that a type here answers to.
    Its models of language are left out: they are downloads of their own."""
    from importlib.metadata import version

    import tldextract

    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())  # the list it brings; it would fetch a newer one
    from presidio_analyzer import predefined_recognizers as known
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    types = {
        "EMAIL_ADDRESS": "email", "CREDIT_CARD": "card", "US_SSN": "ssn", "US_ITIN": "ssn", "IBAN_CODE": "iban",
        "IP_ADDRESS": "ip", "PHONE_NUMBER": "phone", "US_BANK_NUMBER": "bank_account", "ABA_ROUTING_NUMBER": "bank_account",
        "US_DRIVER_LICENSE": "licence", "US_PASSPORT": "passport", "UK_PASSPORT": "passport", "IN_PASSPORT": "passport",
        "IN_PAN": "pan", "IN_AADHAAR": "aadhaar", "UK_NHS": "nhs_number", "UK_NINO": "nino",
    }
    names = ["Email", "CreditCard", "UsSsn", "UsItin", "Iban", "Ip", "Phone", "UsBank", "AbaRouting", "UsLicense", "UsPassport", "UkPassport",
             "InPassport", "InPan", "InAadhaar", "Nhs", "UkNino"]
    engine = NoOpNlpEngine([{"lang_code": "en", "model_name": "none"}])
    engine.load()
    recognisers = [getattr(known, name + "Recognizer")() for name in names]

    def find(text):
        artifacts = engine.process_text(text, "en")
        for r in recognisers:
            for hit in r.analyze(text, r.supported_entities, artifacts) or []:
                if hit.score >= 0.35 and hit.entity_type in types:
                    yield types[hit.entity_type], hit.start, hit.end

    return "presidio-analyzer " + version("presidio-analyzer") + ", pattern recognisers, score 0.35 and above", find


def contextforge():
    """ContextForge's filter in Rust, with what it does by default."""
    from importlib.metadata import version

    from cpex_pii_filter import PIIDetectorRust

    types = {
        "email": "email", "credit_card": "card", "ssn": "ssn", "iban": "iban", "ip_address": "ip", "phone": "phone", "bank_account": "bank_account",
        "driver_license": "licence", "passport": "passport", "date_of_birth": "birthdate", "medical_record": "medical_record",
        "aws_key": "secret", "api_key": "secret", "bsn": "ssn",
    }
    detector = PIIDetectorRust({})
    probe = detector.detect("é a@example.com")["email"][0]["start"]
    in_bytes = probe == 3

    def find(text):
        raw = text.encode()
        for name, hits in detector.detect(text).items():
            for hit in hits:
                start, end = hit["start"], hit["end"]
                if in_bytes:
                    start, end = len(raw[:start].decode()), len(raw[:end].decode())
                yield types.get(name, name), start, end

    return "cpex-pii-filter " + version("cpex-pii-filter") + " (ContextForge)", find


def main():
    title, find = {"presidio": presidio, "contextforge": contextforge}[sys.argv[1]]()
    print(title, flush=True)
    for line in sys.stdin:
        document = json.loads(line)
        print(json.dumps({"id": document["id"], "spans": sorted(set(find(document["text"])), key=lambda s: s[1:])}), flush=True)


main()
