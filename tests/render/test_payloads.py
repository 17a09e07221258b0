"""What strangers write into any field that reaches the page stays what it is: letters.

Typst's own language, HTML, JSON and PDF are all spoken on the way; none of them may hear it.
"""

from dataclasses import replace
from itertools import product

import pikepdf

from tests.codes import texts_in
from tests.fakes.issuing import press
from tests.paper import opened, picture_of, text_of
from tests.render.test_pdf_page import sheet_of
from treering.render.pdf.sheet import Sheet

SCRIPTS = r"""
<script>alert(1)</script> <img/src=x/onerror=alert(1)> <svg/onload=alert(1)> javascript:alert(1)
"><script>alert(1)</script> '><svg/onload=alert(1)> </title><script>1</script> <iframe/src=//x>
{{7*7}} ${7*7} #{7*7} {%print(1)%} <%=7*7%> ${jndi:ldap://x/a} %0d%0aX:1 ../../etc/passwd
#read("/etc/passwd") #eval("1+1") #import"/etc/passwd":* #include("/etc/passwd") #panic("x")
#sys.inputs #image("/etc/passwd") #link("javascript:1")[x] #pdf.attach("x",bytes("y")) #let(x)=1
#set-page(width:1cm) $x^2$ *bold* _emph_ `raw` ```raw``` @label <label> \u{202e} //comment /*x
\" \\ \' "} "}]} ","holder":"x {"a":1} [1,2] null \u0000 \n \r\n \t %PDF-1.7 endobj endstream
/JavaScript /OpenAction /AA /Launch trailer<</Root>> (app.alert(1)) <</S/JavaScript/JS(1)>>
'OR'1'='1 ;DROP--TABLE |cat`id` $(id) &&id @import'x' @{7*7} &lt;b&gt; &#x3c;b &#60; %3Cscript%3E
=cmd|'/C_calc'!A0 +1+1 -1-1 @SUM(1) =HYPERLINK("x") <!--x <![CDATA[x]]> <?php_1?> <?xml?>
""".split()
FIELDS = ("programme", "holder", "site_zh", "site_en")
WAYS = ("{}", "树{}林", "a {} b", "[{}]")
PAYLOADS = [way.format(script) for script, way in product(SCRIPTS, WAYS)]


def bearing(payloads: list[str]) -> Sheet:
    """A sheet with one of four payloads in each field that a stranger may have written."""
    sheet = sheet_of()
    programme, holder, site_zh, site_en = payloads
    lot = replace(sheet.certificate.lot, site_zh=site_zh, site_en=site_en)
    made = replace(sheet.certificate, lot=lot, masked_name=holder)
    return replace(sheet, certificate=made, programme=programme)


def bare(text: str) -> str:
    """What is left of a text when it was set: cases, blanks and quotes may differ."""
    return "".join(c for c in text.lower() if c.isalnum())


def test_three_hundred_payloads_are_printed_as_they_are_and_do_nothing():
    assert len(PAYLOADS) >= 300
    harmless = opened(press().printed(sheet_of()))
    plain = set(harmless.Root.keys())
    for start in range(0, len(PAYLOADS), len(FIELDS)):
        payloads = (PAYLOADS[start:] + PAYLOADS)[: len(FIELDS)]
        file = press().printed(bearing(payloads))
        pdf, said = opened(file), bare(text_of(file))
        assert set(pdf.Root.keys()) == plain, payloads
        assert "/OpenAction" not in pdf.Root
        assert "/AA" not in pdf.Root
        assert not [obj for obj in pdf.objects if is_script(obj)], payloads
        assert len(pdf.pages) == 1, payloads
        assert len(pdf.attachments) == 1
        for payload in payloads:
            assert bare(payload) in said, payload


def is_script(obj: pikepdf.Object) -> bool:
    return isinstance(obj, pikepdf.Dictionary) and ("/JS" in obj or "/URI" in obj)


def test_two_hundred_codes_are_read_from_their_pages_as_they_were_written():
    sheet = sheet_of()
    texts = [f"HTTPS://TREERING.EXAMPLE/Q/{'A27Z' * (10 + n // 4)}{n}" for n in range(200)]
    for number, text in enumerate(texts):
        page = press().printed(replace(sheet, address=text))
        assert texts_in(picture_of(page, 100 + number % 100)) == [text]
