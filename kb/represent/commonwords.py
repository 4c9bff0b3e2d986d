"""Words that are never names: function words and what questions are made of, in English, Hindi and Marathi."""

_WORDS = """
    a an the of to in on at by for from with without and or nor is are was were be been being do does did done has have had having
    it its this that these those as what which who whom whose when where why how many much there their theirs his her hers he she
    they we you i me my our your us them him not can could will would shall should may might must about into onto than then also
    any some such so but more most less least no yes if up down out off over under between among during before after since until
    while through per via each every all both either neither other another same own very too only just even still yet now here
    again ever never often always one two three four five six seven eight nine ten first second third last next new old few
    several name names named call called kind type types part parts year years month months day days time times number place used
    use uses using made make makes took take give given gave say says said tell told ask asked mean means meant become became get
    got go went come came know known list main according due because however although though within against across along around
    toward towards upon whether like people percent total amount long large small high low great good best based began begin end
    ended start started
    के का की को में से पर ने है हैं था थी थे और या यह वह ये वे इस उस एक कि जो भी ही तो तक लिए साथ द्वारा गया गई गए किया करने कर
    करना करता करती करते रहा रही रहे होता होती होते हुआ हुई हुए क्या कौन किस किसने कब कहाँ कहां कितने कितना कितनी कैसे क्यों सा सी
    किसे किसका किसकी किसके नाम जाता जाती जाते हो होने होना हूँ हूं हम हमारे अपने अपनी अपना आप तुम मैं मेरे उनके उनकी उनका उन्हें
    उन्होंने उसके उसकी उसका उसने उसे इसके इसकी इसका इसने इसे इन उन जिस जिसमें जिसके जिसकी जिसका जिसे जिन जिनके जब तब जहाँ जहां
    वहाँ वहां यहाँ यहां कोई कुछ सभी सब बहुत अधिक कम ज्यादा केवल सिर्फ लेकिन परंतु मगर बाद पहले बीच अंदर बाहर ऊपर नीचे पास दूर अब
    फिर ओर तरफ तरह प्रकार रूप कारण समय वर्ष साल महीने दिन बार लोग लोगों दो तीन चार पांच पाँच छह सात आठ नौ दस पहला पहली दूसरा दूसरे
    दूसरी अन्य नहीं न मत बिना जैसे जैसा जैसी ऐसे ऐसा ऐसी इसलिए क्योंकि यदि अगर तथा एवं व अथवा चाहिए सकता सकती सकते दिया दी दिए दे
    देता देते देना लिया ली ले लेता लेना कहा कहते कहना जाना बना बनाया बनाने बनी बने मिला मिली मिलता रखा रखने स्थित सबसे बड़ा बड़ी
    बड़े छोटा छोटी नया नई नए पूरा पूरी मुख्य दौरान अनुसार संबंधित आधारित प्राप्त उपयोग प्रयोग शुरू काम जगह संख्या आहे आहेत होत आणि
    हा हे ते ती त्या त्यांच्या त्याच्या तिच्या त्यांनी त्याने असे अशी असा असलेल्या असलेले असतो असते असतात जी जे ज्या मध्ये साठी
    येथे येथील येणार आला आली आले केला केली केले केलेल्या करण्यात करणे करून करत करतो करतात झाला झाली झाले झालेल्या काय कोण कोणी
    कोणत्या कोणता कोणती कोणते कोणाला कोणाचे कधी कुठे कोठे किती कसे कसा कशी केव्हा नाव यांनी यांच्या यांचे यांना आपल्या आपण त्यांना
    त्याला तिला मात्र पण किंवा म्हणून म्हणजे म्हटले म्हणतात म्हणाले जर तर नाही नाहीत नव्हते नसते सर्व काही इतर अनेक खूप फक्त केवळ
    कमी जास्त नंतर पूर्वी आता पुन्हा वेळ वर्षे वर्षी वर्षात दिवस महिने लोक दोन पाच सहा नऊ दहा पहिला पहिले पहिल्या पहिली दुसऱ्या
    दुसरा मोठा मोठी मोठे लहान नवीन द्वारे प्रमाणे दरम्यान जातात जातो दिले दिली दिला देण्यात घेण्यात घेतला घेतले लागले शकते शकतात
    शकतो हवे पाहिजे सुरू सुरु
"""

COMMON = frozenset(_WORDS.split())
