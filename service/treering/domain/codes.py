"""Every code that a finding may bear: stable, public, in Chinese and English.

`docs/errors.md` is generated from this list. A code is never renamed and never reused.
"""

from dataclasses import dataclass

from treering.domain.verification import Check, Verdict


@dataclass(frozen=True, slots=True)
class Code:
    """A finding in words, and the next step for the person who sees it."""

    code: str
    check: Check
    verdict: Verdict
    en: str
    zh: str
    next_en: str = ""
    next_zh: str = ""


_V, _I, _U = Verdict.VALID, Verdict.INVALID, Verdict.UNKNOWN
_WAIT = "Try again in a few minutes."
_WAIT_ZH = "请过几分钟再试。"
_BEWARE = "Do not rely on it. Ask the programme that issued it."
_BEWARE_ZH = "请勿采信，可向发证项目方查询。"
_STANDS = "The tree certificate itself stands: ask the registry about the fulfilment certificate."
_STANDS_ZH = "树木证书本身有效：尽责证书的情况请向登记机构查询。"

# fmt: off
CODES: dict[str, Code] = {
    code.code: code
    for code in (
        Code("NUMBER_OK", Check.NUMBER, _V, "The number has our form and check.", "编号格式与校验位正确。"),
        Code("NUMBER_MISTYPED", Check.NUMBER, _I, "The number is mistyped.", "编号输入有误。", "Compare it with the certificate, character by character.", "请逐字符核对证书上的编号。"),
        Code("NUMBER_OF_ANOTHER_RECORD", Check.NUMBER, _I, "The number belongs to another record than the document's.", "编号与文件所载记录不符。", _BEWARE, _BEWARE_ZH),
        Code("SIGNATURE_OK", Check.SIGNATURE, _V, "Signed by a key that the chain lists for the programme.", "由链上登记的项目密钥签名。"),
        Code("SIGNATURE_BROKEN", Check.SIGNATURE, _I, "The document was changed after it was signed.", "文件在签名后被改动。", _BEWARE, _BEWARE_ZH),
        Code("KEY_NOT_LISTED", Check.SIGNATURE, _I, "The chain does not list this key for the programme.", "链上没有登记该签名密钥。", _BEWARE, _BEWARE_ZH),
        Code("KEY_NOT_OF_ITS_TIME", Check.SIGNATURE, _I, "The key was not the programme's at that time.", "签名时该密钥不在有效期内。", _BEWARE, _BEWARE_ZH),
        Code("KEY_UNCHECKED", Check.SIGNATURE, _U, "The key that signed is not among those known here.", "此处没有该签名密钥。", "Check it online, or with the programme's key.", "请联网核验，或使用项目方的密钥。"),
        Code("SIGNATURE_UNCHECKED", Check.SIGNATURE, _U, "The key could not be looked up on the chain.", "暂时无法在链上查到签名密钥。", _WAIT, _WAIT_ZH),
        Code("DOCUMENT_OK", Check.DOCUMENT, _V, "The document says what the record says.", "文件内容与记录一致。"),
        Code("NAME_CORRECTED", Check.DOCUMENT, _I, "The name on this document was corrected since: a newer one took its place.", "该文件上的姓名已更正，已由新文件取代。", "Ask for the newer one by the same number.", "可凭同一编号索取新文件。"),
        Code("DOCUMENT_DIFFERS", Check.DOCUMENT, _I, "The document says something else than the record.", "文件内容与记录不一致。", _BEWARE, _BEWARE_ZH),
        Code("PROOF_OK", Check.PROOF, _V, "The proof leads from the record to its batch's root.", "证明路径由记录通向批次根。"),
        Code("PROOF_BROKEN", Check.PROOF, _I, "The proof does not lead from the record to the root.", "证明路径不能由记录通向批次根。", _BEWARE, _BEWARE_ZH),
        Code("ROOT_OK", Check.ROOT, _V, "The chain holds that root, final.", "链上已最终确认该批次根。"),
        Code("ROOT_PENDING", Check.ROOT, _U, "The chain holds that root, in a block that is not final yet.", "批次根已上链，尚待最终确认。", _WAIT, _WAIT_ZH),
        Code("ROOT_MISSING", Check.ROOT, _I, "The chain does not hold that root.", "链上没有该批次根。", _BEWARE, _BEWARE_ZH),
        Code("ROOT_UNCHECKED", Check.ROOT, _U, "The chain could not be asked.", "暂时无法查询区块链。", _WAIT, _WAIT_ZH),
        Code("WRONG_NETWORK", Check.ROOT, _I, "The document is of another chain or contract.", "文件属于另一条链或另一合约。", "Check it with a node of the chain that it names.", "请用文件所指链的节点核验。"),
        Code("RECORD_OK", Check.RECORD, _V, "Neither revoked nor replaced.", "未被撤销，也未被替换。"),
        Code("RECORD_REVOKED", Check.RECORD, _I, "The record was revoked.", "该记录已被撤销。", "Ask the programme why.", "可向项目方查询原因。"),
        Code("RECORD_REPLACED", Check.RECORD, _I, "The record was replaced by another.", "该记录已被另一记录替换。", "Ask for the certificate of the new record.", "请索取新记录的证书。"),
        Code("RECORD_UNCHECKED", Check.RECORD, _U, "Whether it was revoked could not be looked up.", "暂时无法查询是否被撤销。", _WAIT, _WAIT_ZH),
        Code("LOT_OK", Check.LOT, _V, "The chain says the same of the lot.", "链上地块信息一致。"),
        Code("LOT_IN_DEFICIT", Check.LOT, _V, "The lot holds more certificates than were accepted as planted.", "该地块的证书数多于验收株数。", "Replanting makes it good; the lot's page tells.", "补植后即可补足，详见地块页面。"),
        Code("LOT_DIFFERS", Check.LOT, _I, "The chain says something else of the lot.", "链上地块信息不一致。", _BEWARE, _BEWARE_ZH),
        Code("LOT_UNCHECKED", Check.LOT, _U, "The lot could not be looked up on the chain.", "暂时无法在链上查询地块。", _WAIT, _WAIT_ZH),
        Code("NOT_EXCHANGED", Check.REGISTRY, _V, "Not exchanged for a fulfilment certificate.", "未用于兑换尽责证书。"),
        Code("EXCHANGE_OK", Check.REGISTRY, _V, "Exchanged for an active fulfilment certificate that lists this record.", "已兑换有效的尽责证书，且其中列有本记录。"),
        Code("EXCHANGE_UNKNOWN", Check.REGISTRY, _I, "The registry has no such fulfilment certificate.", "登记系统中没有对应的尽责证书。", _STANDS, _STANDS_ZH),
        Code("EXCHANGE_WITHDRAWN", Check.REGISTRY, _I, "The fulfilment certificate was withdrawn.", "对应的尽责证书已被撤回。", _STANDS, _STANDS_ZH),
        Code("EXCHANGE_DIFFERS", Check.REGISTRY, _I, "The fulfilment certificate is of another year or does not list this record.", "尽责证书的年度不符，或未列入本记录。", _STANDS, _STANDS_ZH),
        Code("EXCHANGE_UNCHECKED", Check.REGISTRY, _U, "The registry mirror, or its second source, is missing or too old to tell.", "登记镜像或其第二来源缺失或过旧，无法判断。", _WAIT, _WAIT_ZH),
        Code("EXCHANGE_DISPUTED", Check.REGISTRY, _U, "The registry contradicted itself or another source about this; a person has to settle it.", "登记系统就此自相矛盾，或与另一来源不一致，须由人工裁定。", _WAIT, _WAIT_ZH),
        Code("NOT_MINTED", Check.ROOT, _U, "The record waits to be written on the chain.", "记录等待上链。", _WAIT, _WAIT_ZH),
        Code("DOCUMENT_MALFORMED", Check.DOCUMENT, _I, "This is not a Treering credential.", "这不是树轮证书文件。", _BEWARE, _BEWARE_ZH),
        Code("PDF_OK", Check.FILE, _V, "The PDF is byte for byte as the issuer signed it.", "PDF 与发证方签名时逐字节一致。"),
        Code("PDF_ALTERED", Check.FILE, _I, "The PDF was changed after it was signed.", "PDF 在签名后被改动。", _BEWARE, _BEWARE_ZH),
        Code("PDF_UNSIGNED", Check.FILE, _I, "The PDF bears no signature of ours.", "PDF 没有我们的签名。", _BEWARE, _BEWARE_ZH),
        Code("PDF_OF_ANOTHER_KEY", Check.FILE, _I, "The PDF is signed by another key than its credential's.", "PDF 的签名密钥与所附凭证的签发方不符。", _BEWARE, _BEWARE_ZH),
        Code("PDF_EMPTY", Check.FILE, _I, "The PDF is no certificate of ours: it carries no credential and names no certificate.", "该 PDF 不是我们的证书：其中没有凭证，也未提及任何证书。", "Bring the PDF as the programme handed it out, or the certificate's number.", "请使用项目方给出的原始 PDF，或直接输入证书编号。"),
        Code("PDF_STRIPPED", Check.FILE, _I, "The PDF names a certificate or is encrypted, and no credential of ours can be read in it.", "该 PDF 提及证书或已加密，但其中没有可读取的我们的凭证。", _BEWARE, _BEWARE_ZH),
        Code("BADGE_EMPTY", Check.FILE, _I, "The picture carries no credential of ours.", "图片中没有我们的凭证。", "Ask for the badge as the programme hands it out: most programs that send pictures throw the credential away.", "请索取项目方给出的原图：多数程序在发送图片时会丢弃凭证。"),
        Code("BADGE_BROKEN", Check.FILE, _I, "The picture's credential cannot be read, or it carries more than one.", "图片中的凭证无法读取，或不止一个。", _BEWARE, _BEWARE_ZH),
        Code("HOLDER_STATED_OK", Check.HOLDER, _V, "The programme signed this copy for the holder, to be shown to whoever is named here.", "此副本由项目方为持有人签发，供此处所列的查验方查看。"),
        Code("HOLDER_ID_OK", Check.HOLDER, _V, "The record is of the holder with this id: the chain itself says so.", "该记录属于此标识的持有人，由链上承诺证明。"),
        Code("HOLDER_NAME_OK", Check.HOLDER, _V, "The record is of the holder with this name: the programme signed it.", "该记录属于此姓名的持有人，由项目方签名证明。"),
        Code("HOLDER_DIFFERS", Check.HOLDER, _I, "The id or name that is shown is not this record's holder's.", "所出示的标识或姓名不属于该记录的持有人。", _BEWARE, _BEWARE_ZH),
        Code("HOLDER_UNSIGNED", Check.HOLDER, _I, "The statement on the holder is not signed by the issuer of this certificate.", "持有人声明并非由本证书的发证方签名。", _BEWARE, _BEWARE_ZH),
        Code("NOT_REACHED", Check.DOCUMENT, _U, "Not checked: it needs an earlier check first.", "此项须待前面的核验完成。", "Look at the check before it that was not passed.", "请先查看前面未通过的核验项。"),
    )
}
# fmt: on
