"""Every case of a difference, with its sentence and its next step. Names are never reused."""

from treering.domain.difference import Case, Kind, Owner, Side

_CHAIN, _MIRROR, _BOOKS, _COUNT = Side.CHAIN, Side.MIRROR, Side.DATABASE, Side.ACCEPTED
_PROGRAMME, _REGISTRY = Owner.PROGRAMME, Owner.REGISTRY
_INSPECTOR, _OPERATOR = Owner.INSPECTOR, Owner.OPERATOR

CASES: dict[str, Case] = {}


def _case(name: str, kind: Kind, sides: tuple[Side, Side], owner: Owner, *texts: str) -> Case:
    en, next_en, zh, next_zh = texts
    case = Case(
        name=name,
        kind=kind,
        left=sides[0],
        right=sides[1],
        owner=owner,
        en=en,
        zh=zh,
        next_en=next_en,
        next_zh=next_zh,
    )
    CASES[name] = case
    return case


# fmt: off
# Lots.
LOT_NOT_ON_CHAIN = _case("LOT_NOT_ON_CHAIN", Kind.MISSING_THERE, (_BOOKS, _CHAIN), _PROGRAMME, "Units of this lot were redeemed, and the chain does not know the lot.", "Open the lot on chain and have it endorsed; until then redeem nothing more of it.", "该林地已有兑换，但链上没有此林地。", "请在链上登记该林地并取得核查认可，此前停止兑换。")
LOT_NOT_IN_BOOKS = _case("LOT_NOT_IN_BOOKS", Kind.MISSING_HERE, (_BOOKS, _CHAIN), _OPERATOR, "The chain has this lot, and our database does not.", "Find out who opened it; load it into the database or have it closed on chain.", "链上有此林地，而我方数据库没有。", "请查明由谁登记，补录入数据库，或在链上关闭。")
LOT_YEAR = _case("LOT_YEAR", Kind.YEAR_DIFFERS, (_BOOKS, _CHAIN), _OPERATOR, "Our database gives the lot another planting year than the chain.", "Correct the database: the chain's year was stated once and cannot change.", "数据库中的种植年份与链上不同。", "请更正数据库：链上年份一经写入不可更改。")
LOT_TERMS = _case("LOT_TERMS", Kind.RECORD_DIFFERS, (_BOOKS, _CHAIN), _OPERATOR, "Our database gives the lot another site, species or unit than the chain.", "Correct the database: the chain's terms were stated once and cannot change.", "数据库中的地点、树种或单位与链上不同。", "请更正数据库：链上内容一经写入不可更改。")
LOT_CAPACITY = _case("LOT_CAPACITY", Kind.COUNT_DIFFERS, (_BOOKS, _CHAIN), _OPERATOR, "Our database would give away more of this lot than inspectors allow on chain.", "Lower the lot's capacity in the database to the inspectors' count.", "数据库允许兑换的数量超过链上核查数量。", "请把数据库中的容量调低到核查数量。")
LOT_OVER_ACCEPTED = _case("LOT_OVER_ACCEPTED", Kind.OVER_ACCEPTED, (_BOOKS, _CHAIN), _PROGRAMME, "More of this lot was given away than inspectors found.", "Plant what is missing and have it accepted, or take records back; mint nothing more.", "该林地已兑换的数量超过核查数量。", "请补种并重新验收，或撤回部分证书；此前停止上链。")
LOT_COUNT = _case("LOT_COUNT", Kind.COUNT_DIFFERS, (_COUNT, _CHAIN), _INSPECTOR, "The accepted count that was brought is not the one that was stated on chain.", "State the right count on chain by a statement that supersedes the old one.", "所提供的验收数量与链上声明不一致。", "请由核查机构在链上提交更正声明。")
LOT_OVER_COUNT = _case("LOT_OVER_COUNT", Kind.OVER_ACCEPTED, (_COUNT, _CHAIN), _PROGRAMME, "More of this lot was minted than the count that was brought allows.", "Have the inspector state his count on chain; plant what is missing or take records back.", "该林地上链数量超过所提供的验收数量。", "请核查机构在链上声明其数量，并补种或撤回。")
LOT_NOT_ACCEPTED = _case("LOT_NOT_ACCEPTED", Kind.MISSING_THERE, (_COUNT, _CHAIN), _INSPECTOR, "There is an accepted count for this lot, and no acceptance on chain.", "Have the inspector sign the acceptance and submit it.", "该林地有验收数量，但链上没有验收声明。", "请核查机构签署并提交验收声明。")
COUNT_UNKNOWN_LOT = _case("COUNT_UNKNOWN_LOT", Kind.MISSING_HERE, (_COUNT, _CHAIN), _INSPECTOR, "A count was brought for a lot that neither chain nor database knows.", "Check the lot's name in the file.", "所提供的数量对应的林地在链上和数据库中都不存在。", "请核对文件中的林地名称。")
# Our own books against themselves.
SERIALS_TWICE = _case("SERIALS_TWICE", Kind.USED_TWICE, (_BOOKS, _BOOKS), _OPERATOR, "Two redemptions hold the same serials.", "Stop redeeming this lot and restore the redemptions from a backup.", "两笔兑换占用了相同的序号。", "请停止兑换该林地，并从备份恢复兑换记录。")
ASKED_COUNT = _case("ASKED_COUNT", Kind.COUNT_DIFFERS, (_BOOKS, _BOOKS), _OPERATOR, "The lot's counter is not the number of units that its redemptions hold.", "Run treering scrub, and restore what is damaged from a backup.", "林地计数与兑换记录的数量不一致。", "请运行 treering scrub，并从备份恢复损坏部分。")
SEALED_COUNT = _case("SEALED_COUNT", Kind.COUNT_DIFFERS, (_BOOKS, _BOOKS), _OPERATOR, "The lot's counter of sealed records is not the number that its batches hold.", "Run treering scrub, and restore what is damaged from a backup.", "林地封存计数与批次数量不一致。", "请运行 treering scrub，并从备份恢复损坏部分。")
REDEMPTIONS_LATE = _case("REDEMPTIONS_LATE", Kind.LATE, (_BOOKS, _CHAIN), _OPERATOR, "Units were redeemed longer ago than was promised, and are in no batch yet.", "See that a worker runs: treering doctor says what keeps it.", "兑换已超过承诺时间，仍未进入批次。", "请确认后台进程在运行：treering doctor 会说明原因。")
# Batches.
BATCH_FOREIGN = _case("BATCH_FOREIGN", Kind.MISSING_HERE, (_BOOKS, _CHAIN), _OPERATOR, "The chain holds a batch that our database does not.", "Pause minting: somebody else may hold the minter's key. Restore the database if it lost it.", "链上有一个批次，而我方数据库没有。", "请暂停上链：铸造密钥可能外泄；若为数据库丢失，请恢复备份。")
BATCH_LOST = _case("BATCH_LOST", Kind.MISSING_THERE, (_BOOKS, _CHAIN), _OPERATOR, "Our database calls a batch mined that the chain does not hold.", "Show none of its certificates as final; see whether the node answers for the right chain.", "数据库称批次已上链，但链上没有。", "请勿显示其证书为最终状态，并检查节点是否为正确的链。")
BATCH_COUNT = _case("BATCH_COUNT", Kind.COUNT_DIFFERS, (_BOOKS, _CHAIN), _OPERATOR, "A batch has another number of records in our database than on chain.", "Restore the batch from a backup: the chain's count cannot change.", "批次记录数在数据库与链上不一致。", "请从备份恢复该批次：链上数量不可更改。")
BATCH_ROOT = _case("BATCH_ROOT", Kind.ROOT_DIFFERS, (_BOOKS, _CHAIN), _OPERATOR, "A batch has another root in our database than the chain's records give.", "Restore the batch from a backup; its certificates' proofs fail until then.", "批次的根哈希在数据库与链上不一致。", "请从备份恢复该批次；此前其证书无法验证。")
BATCH_LATE = _case("BATCH_LATE", Kind.LATE, (_BOOKS, _CHAIN), _OPERATOR, "A batch was sealed longer ago than was promised, and our database does not call it final.", "See what keeps it on the operator's page: its reason, the minter's balance, the node.", "批次封存已超过承诺时间，仍未最终确认。", "请在运营页面查看原因：批次状态、铸造余额与节点。")
# Records.
RECORD_HOLDER = _case("RECORD_HOLDER", Kind.HOLDER_DIFFERS, (_BOOKS, _CHAIN), _OPERATOR, "The chain's commitment is not to the holder that our database names for this record.", "Restore redemptions and holders from a backup; give out no certificate of it meanwhile.", "链上承诺与数据库中的持有人不一致。", "请从备份恢复兑换与持有人；此前不得出具该证书。")
RECORD_UNREDEEMED = _case("RECORD_UNREDEEMED", Kind.MISSING_HERE, (_BOOKS, _CHAIN), _OPERATOR, "The chain holds records of a batch of ours that nobody redeemed, by our database.", "Restore the redemptions from a backup.", "链上记录在数据库中没有对应兑换。", "请从备份恢复兑换记录。")
# Fulfilment certificates, exchanges and claims.
CLAIM_USED_TWICE = _case("CLAIM_USED_TWICE", Kind.USED_TWICE, (_MIRROR, _CHAIN), _REGISTRY, "The registry lists this record for another fulfilment certificate than the chain does.", "Decide which certificate stands; withdraw the other, and release the claim if it is that.", "登记系统与链上将同一记录用于不同的尽责证书。", "请确定哪一张有效，撤回另一张；必要时释放链上占用。")
EXCHANGE_UNKNOWN = _case("EXCHANGE_UNKNOWN", Kind.MISSING_HERE, (_BOOKS, _CHAIN), _OPERATOR, "Chain and registry agree on an exchange that our database does not know.", "Restore the exchange from a backup; do not exchange these records again.", "链上与登记系统一致，但数据库没有此交换。", "请从备份恢复该交换，勿再次交换这些记录。")
EXCHANGE_OTHER = _case("EXCHANGE_OTHER", Kind.RECORD_DIFFERS, (_BOOKS, _CHAIN), _OPERATOR, "Our database ties this record to another fulfilment certificate than chain and registry.", "Correct the exchange in the database.", "数据库关联的尽责证书与链上、登记系统不同。", "请更正数据库中的交换记录。")
EXCHANGE_NOT_ENDED = _case("EXCHANGE_NOT_ENDED", Kind.WITHDRAWN_ON_ONE_SIDE, (_BOOKS, _CHAIN), _OPERATOR, "Our database calls the exchange withdrawn; chain and registry still hold it.", "Withdraw it at the registry and release the claim, or correct the database.", "数据库称交换已撤回，而链上与登记系统仍有效。", "请在登记系统撤回并释放链上占用，或更正数据库。")
EXCHANGE_LATE = _case("EXCHANGE_LATE", Kind.LATE, (_BOOKS, _CHAIN), _OPERATOR, "An exchange was applied for longer ago than was promised, and is not at its end.", "Send the application again: it goes on where it stood.", "交换申请已超过承诺时间，仍未完成。", "请重新提交申请：将从中断处继续。")
CERTIFICATE_WITHDRAWN = _case("CERTIFICATE_WITHDRAWN", Kind.WITHDRAWN_ON_ONE_SIDE, (_MIRROR, _CHAIN), _OPERATOR, "The registry has withdrawn the fulfilment certificate; the chain still holds its records.", "Release the claim on chain, so that the records can be used again.", "登记系统已撤回尽责证书，而链上仍占用其记录。", "请释放链上占用，使记录可再次使用。")
CERTIFICATE_CORRECTED = _case("CERTIFICATE_CORRECTED", Kind.RECORD_DIFFERS, (_MIRROR, _CHAIN), _OPERATOR, "The registry's certificate does not list a record that the chain holds for it.", "Ask the registry which records it counted; release the claim of the one it left out.", "登记系统的尽责证书未列出链上为其占用的记录。", "请向登记系统核实，并释放未列入的记录。")
CERTIFICATE_MISSING = _case("CERTIFICATE_MISSING", Kind.MISSING_THERE, (_MIRROR, _CHAIN), _REGISTRY, "Records are claimed on chain for a fulfilment certificate that the registry does not have.", "Ask the registry for the certificate; release the claim if it was never issued.", "链上已占用记录，但登记系统没有对应的尽责证书。", "请向登记系统查询；若未签发，请释放链上占用。")
CERTIFICATE_UNKNOWN = _case("CERTIFICATE_UNKNOWN", Kind.MISSING_HERE, (_MIRROR, _CHAIN), _OPERATOR, "The registry counts records for a certificate that neither chain nor database knows.", "Find out by whom it was applied for; claim the records for it, or have it withdrawn.", "登记系统使用了我方记录，而链上与数据库均不知情。", "请查明申请人；为其占用记录，或要求撤回。")
CLAIM_RELEASED = _case("CLAIM_RELEASED", Kind.WITHDRAWN_ON_ONE_SIDE, (_MIRROR, _CHAIN), _REGISTRY, "The claim was released on chain; the registry's certificate still counts the record.", "Withdraw or correct the certificate at the registry.", "链上占用已释放，而登记系统的证书仍计入该记录。", "请在登记系统撤回或更正该证书。")
RECORD_REVOKED = _case("RECORD_REVOKED", Kind.WITHDRAWN_ON_ONE_SIDE, (_MIRROR, _CHAIN), _REGISTRY, "The record was revoked on chain; the registry's certificate still counts it.", "Withdraw or correct the certificate at the registry.", "记录已在链上撤销，而登记系统的证书仍计入。", "请在登记系统撤回或更正该证书。")
RECORD_NEVER_MINTED = _case("RECORD_NEVER_MINTED", Kind.MISSING_THERE, (_MIRROR, _CHAIN), _REGISTRY, "The registry's certificate counts a record that was never minted.", "Correct or withdraw the certificate at the registry.", "登记系统的证书计入了从未上链的记录。", "请在登记系统更正或撤回该证书。")
CLAIM_MISSING = _case("CLAIM_MISSING", Kind.MISSING_THERE, (_BOOKS, _CHAIN), _OPERATOR, "Our database and the registry hold an exchange whose records are not claimed on chain.", "Claim the records on chain for this certificate, before anybody uses them again.", "数据库与登记系统已有交换，而链上未占用其记录。", "请立即在链上为该证书占用记录。")
EXCHANGE_NOWHERE = _case("EXCHANGE_NOWHERE", Kind.MISSING_THERE, (_BOOKS, _MIRROR), _OPERATOR, "Our database calls an exchange done that neither the registry nor the chain knows.", "Apply again at the registry, or end the exchange in the database.", "数据库称交换已完成，而登记系统与链上均没有。", "请重新向登记系统申请，或在数据库中终止该交换。")
EXCHANGE_ENDED_THERE = _case("EXCHANGE_ENDED_THERE", Kind.WITHDRAWN_ON_ONE_SIDE, (_BOOKS, _MIRROR), _OPERATOR, "Registry and chain have ended an exchange that our database still holds.", "End the exchange in the database, and tell the holder.", "登记系统与链上均已终止，而数据库仍保留该交换。", "请在数据库中终止该交换并告知持有人。")
CERTIFICATE_YEAR = _case("CERTIFICATE_YEAR", Kind.YEAR_DIFFERS, (_MIRROR, _BOOKS), _REGISTRY, "The registry's certificate is of another year than the exchange in our database.", "Have the registry correct the certificate's year.", "登记系统证书的年份与数据库中的交换不同。", "请登记系统更正证书年份。")
CERTIFICATE_HOLDERS = _case("CERTIFICATE_HOLDERS", Kind.HOLDER_DIFFERS, (_MIRROR, _BOOKS), _REGISTRY, "The records of one fulfilment certificate belong to different holders.", "Find out whose certificate it is; have it withdrawn or corrected.", "一张尽责证书的记录属于不同持有人。", "请查明证书归属，并撤回或更正。")
REGISTRY_CONTRADICTS = _case("REGISTRY_CONTRADICTS", Kind.CONTRADICTED, (_MIRROR, _MIRROR), _REGISTRY, "The registry signed two heads of its log that cannot both be true.", "Show both signed notes to the registry, and settle it: treering mirror tells how.", "登记系统签署了两个不可能同时为真的日志头。", "请向登记系统出示两份签名，并以 treering mirror 处理。")
REGISTRY_DISPUTED = _case("REGISTRY_DISPUTED", Kind.CONTRADICTED, (_MIRROR, _MIRROR), _REGISTRY, "Two sources of the registry say different things of one fulfilment certificate.", "Show both entries to both sources and have one of them corrected; nobody leans on it until then.", "登记系统的两个来源对同一尽责证书的说法不同。", "请向两个来源出示双方条目并更正其一；此前不得依据该证书。")

COUNTS = frozenset({LOT_COUNT.name, LOT_OVER_COUNT.name, LOT_NOT_ACCEPTED.name, COUNT_UNKNOWN_LOT.name})
REGISTRY = frozenset(name for name, case in CASES.items() if name.startswith(("CLAIM_", "CERTIFICATE_", "EXCHANGE_", "REGISTRY_")) or name in ("RECORD_REVOKED", "RECORD_NEVER_MINTED"))
OURS = frozenset(CASES) - COUNTS - REGISTRY
