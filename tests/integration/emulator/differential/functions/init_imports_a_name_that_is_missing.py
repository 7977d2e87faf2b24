from json import absent_name
